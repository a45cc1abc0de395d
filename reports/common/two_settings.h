/* two_settings.h: the argument of --settings=BASE,NEW, by which one setting is held against another. */
#ifndef REPORTS_TWO_SETTINGS_H
#define REPORTS_TWO_SETTINGS_H

#define TWO_SETTINGS_SIZE 200

/*
 * Both names, in `kept`, each with its NUL; `like` is what an argument may look like. 0, or what usage_error()
 * returned.
 */
int two_settings(const char *command, const char *argument, const char *like, char kept[TWO_SETTINGS_SIZE],
                 const char **base, const char **now);

#endif
