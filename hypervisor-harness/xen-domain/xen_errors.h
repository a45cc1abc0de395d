/*
 * xen_errors.h: what Xen's libraries say of an error, on standard error, whose
 * last line the runner shows. The reason is the first; what follows is what they
 * could not undo afterwards. So the first one is said once more at the end.
 */
#ifndef XEN_DOMAIN_XEN_ERRORS_H
#define XEN_DOMAIN_XEN_ERRORS_H

#include <xentoollog.h>

/* NULL when out of memory. To be freed by xtl_logger_destroy(). */
xentoollog_logger *xen_errors_new(void);

/* What was said until now is of no interest. */
void xen_errors_forget(xentoollog_logger *logger);
/* The first one since then; "": there was none. */
const char *xen_errors_first(const xentoollog_logger *logger);

void xen_errors_repeat_first(const xentoollog_logger *logger);

#endif
