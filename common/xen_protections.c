/* xen_protections.c: see xen_protections.h; the lines are those of Xen's print_details() (arch/x86/spec_ctrl.c). */
#include "common/xen_protections.h"
#include "common/json_text.h"
#include "common/text.h"

#include <string.h>

enum { PROTECTIONS_MAX = 32 };

/* "Xen settings: BTI-Thunk: RETPOLINE, SPEC_CTRL: No": what stands before the first colon is the name. */
static void add(json_t *said, char *line)
{
    char *colon = strchr(line, ':');
    if (!colon || json_object_size(said) == PROTECTIONS_MAX)
        return;
    *colon++ = 0;
    colon += strspn(colon, " ");
    text_clean(line);
    if (*colon)
        json_object_set_new(said, line, json_text(colon));
}

/* The lines are set in by two more spaces than the heading; "(XEN)" stands before each, and the moment, if asked for.
 */
bool xen_protections_line(struct xen_protections *p, char *line)
{
    static const char mark[] = "(XEN) ", heading[] = "Speculative mitigation facilities:";
    line[strcspn(line, "\r\n")] = 0;
    char *text = strncmp(line, mark, sizeof(mark) - 1) == 0 ? line + sizeof(mark) - 1 : line;
    if (*text == '[' && strstr(text, "] "))
        text = strstr(text, "] ") + 2;
    if (p->inside && strncmp(text, "  ", 2) != 0)
        return false;
    if (p->inside)
        add(p->said, text + strspn(text, " "));
    p->inside = p->inside || strcmp(text, heading) == 0;
    return true;
}
