/* json_text.c: strings that are always there; json_text.h says why. */
#include "common/json_text.h"
#include "common/memory.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text)
{
    char *clean = text_clean_copy(text);
    json_t *string = json_string(clean);
    free(clean);
    if (!string)
        out_of_memory();
    return string;
}

bool json_has_text(const json_t *list, const char *text)
{
    const json_t *value;
    size_t i;
    json_array_foreach(list, i, value)
    {
        if (json_is_string(value) && strcmp(json_string_value(value), text) == 0)
            return true;
    }
    return false;
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
