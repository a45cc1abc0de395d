/* two_settings.c: see two_settings.h. */
#include "reports/common/two_settings.h"
#include "common/usage.h"

#include <string.h>

int two_settings(const char *command, const char *argument, const char *like, char kept[TWO_SETTINGS_SIZE],
                 const char **base, const char **now)
{
    const char *comma = strchr(argument, ',');
    if (!comma || comma == argument || !comma[1] || strchr(comma + 1, ',') || strlen(argument) >= TWO_SETTINGS_SIZE)
        return usage_error(command, "--settings %.60s: give two settings, as %s", argument, like);
    strcpy(kept, argument);
    kept[comma - argument] = 0;
    *base = kept;
    *now = kept + (comma + 1 - argument);
    return 0;
}
