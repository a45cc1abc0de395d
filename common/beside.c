/* beside.c: see beside.h. */
#include "common/beside.h"
#include "common/memory.h"

#include <string.h>

static const char result_ending[] = ".json", explanation_ending[] = ".explain.json";

static bool ends_with(const char *name, const char *ending)
{
    const size_t size = strlen(name), of = strlen(ending);
    return size >= of && strcmp(name + size - of, ending) == 0;
}

char *beside_explanation(const char *result)
{
    const bool has_ending = strlen(result) > strlen(result_ending) && ends_with(result, result_ending);
    const size_t size = strlen(result) - (has_ending ? strlen(result_ending) : 0);
    char *path = memory_zeroed(1, size + sizeof(explanation_ending));
    memcpy(path, result, size);
    memcpy(path + size, explanation_ending, sizeof(explanation_ending));
    return path;
}

bool beside_is_explanation(const char *name)
{
    return ends_with(name, explanation_ending);
}
