/*
 * words.h: what Xen's libraries say of an error, on standard error, whose
 * last line the runner shows. The reason is the first; what follows is what they
 * could not undo afterwards. So the first one is said once more at the end.
 */
#ifndef XEN_DOMAIN_WORDS_H
#define XEN_DOMAIN_WORDS_H

#include <xentoollog.h>

/* NULL when out of memory. To be freed by xtl_logger_destroy(). */
xentoollog_logger *words_new(void);

/* What was said until now is of no interest. */
void words_forget(xentoollog_logger *logger);
void words_repeat_first(const xentoollog_logger *logger);

#endif
