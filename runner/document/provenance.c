/* provenance.c: asks the computer who it is. What cannot be found out is null. */
#include "runner/document/provenance.h"
#include "common/json_text.h"
#include "runner/common/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"

static json_t *date(void)
{
    char text[32];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_text(text);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_text(text) : json_null();
}

static json_t *cpu(void)
{
    char line[256], *name = NULL;
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && !name && fgets(line, sizeof(line), f))
        if (strncmp(line, "model name", 10) == 0 && (name = strchr(line, ':')))
            name += 2;
    if (f)
        fclose(f);
    if (name)
        name[strcspn(name, "\n")] = 0;
    return text_or_null(name);
}

static json_t *first_line_of(const char *path)
{
    char line[256] = "";
    FILE *f = fopen(path, "re");
    if (f && fgets(line, sizeof(line), f))
        line[strcspn(line, "\n")] = 0;
    if (f)
        fclose(f);
    return text_or_null(line);
}

static int is_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* What the host's kernel does against the processor's faults: it decides what an entry costs there. */
static json_t *mitigations(void)
{
    struct dirent **list;
    int n = scandir(VULNERABILITIES, &list, is_name, alphasort);
    if (n < 0)
        return json_null();
    json_t *all = json_object();
    for (int i = 0; i < n; i++) {
        char *path = path_of(VULNERABILITIES "/%s", list[i]->d_name);
        json_object_set_new(all, list[i]->d_name, first_line_of(path));
        free(path);
        free(list[i]);
    }
    free(list);
    return all;
}

/*
 * The revision of the sources that the images and this command were built from, as the build wrote it down beside them
 * (setup/revision): the tree may be another by now, or gone. Null with a reason when the build did not know.
 */
static void set_revision(json_t *p, const char *images)
{
    static const char unknown[] = "unknown: ";
    char *path = path_of("%s/revision", images);
    json_t *line = first_line_of(path);
    const char *text = json_string_value(line);
    if (text && strncmp(text, unknown, strlen(unknown)) != 0) {
        json_object_set(p, "git_revision", line);
    } else {
        json_object_set_new(p, "git_revision", json_null());
        json_object_set_new(p, "git_revision_unknown",
                            text ? text_or_null(text + strlen(unknown))
                                 : json_string("there is no file \"revision\" beside the images"));
    }
    json_decref(line);
    free(path);
}

json_t *command_line_json(int argc, char **argv)
{
    json_t *list = json_array();
    json_array_append_new(list, json_string("pvbench"));
    for (int i = 0; i < argc; i++)
        json_array_append_new(list, json_text(argv[i]));
    return list;
}

json_t *provenance_json(json_t *command_line, const char *images, const char *emulator_version)
{
    struct utsname host;
    json_t *p = json_object();
    json_object_set_new(p, "date", date());
    if (uname(&host) == 0) {
        json_object_set_new(p, "host", text_or_null(host.nodename));
        json_object_set_new(p, "kernel", text_or_null(host.release));
    }
    json_object_set_new(p, "cpu", cpu());
    json_object_set_new(p, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(p, "mitigations", mitigations());
    json_object_set_new(p, "pvbench", json_string(PVB_VERSION));
    set_revision(p, images);
    json_object_set_new(p, "qemu", text_or_null(emulator_version));
    json_object_set(p, "command_line", command_line);
    return p;
}
