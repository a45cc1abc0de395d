/* Any bytes as a kernel whose functions are to be found by its own table: there is none, or its words can be read. */
#include "runner/machine/kallsyms.h"
#include "runner/machine/symbols.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* A copy, so that a byte too far is seen. */
    struct blob file = {malloc(size ? size : 1), size};
    struct symbols table = {0};
    size_t length = 0;
    if (size)
        memcpy(file.bytes, bytes, size);
    char *words = kallsyms_words(&file, "guest", &length);
    if (words && strlen(words) != length)
        abort();
    if (words)
        symbols_read_lines(&table, words, length, false);
    symbols_free(&table);
    free(words);
    free(file.bytes);
    return 0;
}
