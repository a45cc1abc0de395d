/* json_text.c: strings that are always there; json_text.h says why. */
#include "common/json_text.h"
#include "common/memory.h"
#include "common/text.h"

#include <stdlib.h>

json_t *json_text(const char *text)
{
    char *clean = text_clean_copy(text);
    json_t *string = json_string(clean);
    free(clean);
    if (!string)
        out_of_memory();
    return string;
}

void json_print(json_t *document, size_t flags, FILE *out)
{
    char *text = json_dumps(document, flags);
    if (!text)
        out_of_memory();
    fprintf(out, "%s\n", text);
    free(text);
    json_decref(document);
}
