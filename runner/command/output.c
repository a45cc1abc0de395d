/* output.c: the result's place, tried before and written at the end; output.h says why. */
#include "runner/command/output.h"
#include "runner/common/files.h"

#include "common/publish.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int output_open(struct output *o, const char *path, struct pvb_error *e)
{
    struct stat st;
    o->path = path_of("%s", strcmp(path, "-") == 0 ? "/dev/stdout" : path);
    if (stat(o->path, &st) == 0 && S_ISDIR(st.st_mode))
        return pvb_fail(e, "%s: is a directory; give a file with -o", path);
    o->direct = publish_in_place(o->path);
    if (!o->direct && make_parents(o->path, e))
        return -1;
    /* The place must take a file now, not after an hour of measuring. */
    const char *why = publish_try(o->path);
    return why ? pvb_fail(e, "%s: cannot be written: %s; give another file with -o", o->path, why) : 0;
}

int output_write_text(const struct output *o, const char *text, size_t size, struct pvb_error *e)
{
    const char *why = publish(o->path, text, size);
    return why ? pvb_fail(e, "%s: cannot be written: %s", o->path, why) : 0;
}

int output_write(const struct output *o, const json_t *document, struct pvb_error *e)
{
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    if (!text)
        return pvb_fail(e, "%s: out of memory, or a string that is not UTF-8", o->path);
    size_t size = strlen(text);
    text[size] = '\n'; /* in place of the 0 */
    int bad = output_write_text(o, text, size + 1, e);
    free(text);
    return bad;
}

void output_close(struct output *o)
{
    free(o->path);
    o->path = NULL;
}
