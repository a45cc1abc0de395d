/* partner.h: another process that sends each word back. One at a time. */
#ifndef WORKLOADS_LINUX_PARTNER_H
#define WORKLOADS_LINUX_PARTNER_H

void partner_begin(int in, int out);
void partner_ask(int to, int from);
void partner_end(void);

#endif
