/*
 * command_line.h: the command that gives a result again, as a reader can
 * paste it. Without the words that were given (an older or foreign result)
 * it is the suite alone.
 */
#ifndef REPORTS_COMMAND_LINE_H
#define REPORTS_COMMAND_LINE_H

#include "reports/result/result.h"

/* From a provenance: the result's, or that of a source of a merged one. Quoted for a POSIX shell, its first word
 * "pvbench"; raw text of the result, which the caller makes fit for where it goes. The caller's to free; NULL when out
 * of memory. */
char *command_line_text(const char *suite, const json_t *provenance);

#endif
