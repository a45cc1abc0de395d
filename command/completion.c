/* completion.c: each command's table of options in the words of two shells; completion.h says why. */
#include "command/completion.h"
#include "command/table.h"
#include "common/options.h"
#include "common/text.h"
#include "common/usage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char help[] = "Usage: pvbench completion SHELL\n"
                           "Prints what bash or zsh need to complete words of pvbench. For this shell alone, in bash:\n"
                           "eval \"$(pvbench completion bash)\"; make install puts both where shells look for them.\n\n"
                           "      --help   this text\n";

/* What a command line is completed with that only a run of pvbench knows. */
#define LISTED "$(pvbench list %s 2>/dev/null | awk '!NF {exit} /^  [a-z]/ {print $1}')"

static void describe(const struct command *c, options_visit *visit)
{
    char name[32], *argv[] = {name, NULL};
    snprintf(name, sizeof(name), "%s", c->name);
    options_describe(visit, (void *)c);
    c->run(1, argv);
    options_describe(NULL, NULL);
}

static bool takes_argument(const struct option_row *row)
{
    return !row->flag || row->text;
}

static const struct command *each(const struct command *last)
{
    const struct command *next = last ? last + 1 : commands;
    /* Its own help says nothing of options. */
    while (next->name && next->run == pvb_cmd_completion)
        next++;
    return next->name ? next : NULL;
}

/* --- bash ---------------------------------------------------------------------------- */

static void bash_options(const struct option_table *t, void *with)
{
    const struct command *c = with;
    printf("    %s) options='--help", c->name);
    if (t->output)
        fputs(" --output=", stdout);
    for (size_t i = 0; i < t->rows; i++)
        printf(" --%s%s", t->row[i].name, takes_argument(&t->row[i]) && !t->row[i].flag ? "=" : "");
    puts("' ;;");
}

static void bash_choices(const struct option_table *t, void *with)
{
    const struct command *c = with;
    for (size_t i = 0; i < t->rows; i++) {
        if (!t->row[i].choices)
            continue;
        printf("    %s--%s) words='", c->name, t->row[i].name);
        for (size_t j = 0; t->row[i].choices[j]; j++)
            printf("%s%s", j ? " " : "", t->row[i].choices[j]);
        puts("' ;;");
    }
}

static void bash(void)
{
    puts("# Completes words of pvbench in bash; pvbench completion bash has printed it.\n"
         "_pvbench() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} option= options= words=\n"
         "    # bash makes three words of --option=argument.\n"
         "    if [[ $word == = ]]; then option=${COMP_WORDS[COMP_CWORD - 1]} word=\n"
         "    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then option=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --* ]]; then option=${COMP_WORDS[COMP_CWORD - 1]}; fi\n"
         "    COMPREPLY=()\n"
         "    if ((COMP_CWORD == 1)); then");
    fputs("        words='help", stdout);
    for (const struct command *c = commands; c->name; c++)
        printf(" %s", c->name);
    puts(" --help --version'\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "        return\n"
         "    fi\n"
         "    case $command$option in");
    for (const struct command *c = NULL; (c = each(c));)
        describe(c, bash_choices);
    printf("    run--workload) words=" LISTED " ;;\n", "workloads");
    printf("    run--hypervisor) words=" LISTED " ;;\n", "hypervisors");
    puts("    completion) words='bash zsh' ;;\n"
         "    list) words='suites workloads hypervisors' ;;\n"
         "    help) words=$(compgen -W \"$(pvbench help | awk '/^  [a-z]/ {print $1}')\") ;;");
    printf("    run) words=" LISTED " ;;\n", "suites");
    puts("    esac\n"
         "    if [[ $word == -* ]]; then\n"
         "        case $command in");
    for (const struct command *c = NULL; (c = each(c));)
        describe(c, bash_options);
    puts("        esac\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
         "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
         "        return\n"
         "    fi\n"
         "    [[ $words ]] && mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n"
         "# Where there is nothing to say, files.\n"
         "complete -o default -F _pvbench pvbench");
}

/* --- zsh ----------------------------------------------------------------------------- */

/* What the help says of an option, its first line; "" where it says nothing. */
static void summary_of(const char *text, const char *option, char *into, size_t size)
{
    char name[64];
    *into = 0;
    snprintf(name, sizeof(name), "--%s", option);
    for (const char *at = text; (at = strstr(at, name)); at++) {
        const char *end = at + strlen(name), *line = at, *blanks;
        while (line > text && line[-1] != '\n')
            line--;
        if (line[strspn(line, " ")] != '-' || !strchr("=[ ,\n", *end))
            continue;
        const char *stop = strchrnul(end, '\n');
        blanks = strstr(end, "  ");
        if (blanks && blanks < stop)
            text_format(into, size, "%.*s", (int)(stop - blanks) - (int)strspn(blanks, " "),
                        blanks + strspn(blanks, " "));
        return;
    }
}

/* Within apostrophes, and within the brackets and colons of _arguments. */
static void zsh_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(":[]\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void zsh_option(const char *name, const char *text, const struct option_row *row, const char *action)
{
    char summary[160];
    const bool argument = !row || takes_argument(row), optional = row && row->flag && row->text;
    summary_of(text, name, summary, sizeof(summary));
    printf(" \\\n            '%s--%s%s[", row && row->take ? "*" : "", name, argument ? optional ? "=-" : "=" : "");
    zsh_text(summary);
    putchar(']');
    if (argument)
        printf("%s%s:", optional ? "::" : ":", name);
    if (argument && row && row->choices) {
        putchar('(');
        for (size_t j = 0; row->choices[j]; j++)
            printf("%s%s", j ? " " : "", row->choices[j]);
        putchar(')');
    } else if (argument) {
        fputs(action, stdout);
    }
    putchar('\'');
}

static const char *action_of(const struct command *c, const char *option)
{
    if (strcmp(c->name, "run") == 0 && strcmp(option, "workload") == 0)
        return "{compadd -- $(_pvbench_listed workloads)}";
    if (strcmp(c->name, "run") == 0 && strcmp(option, "hypervisor") == 0)
        return "{compadd -- $(_pvbench_listed hypervisors)}";
    return "_files";
}

static void zsh_options(const struct option_table *t, void *with)
{
    const struct command *c = with;
    printf("        %s) _arguments", c->name);
    fputs(" \\\n            '--help[this text]'", stdout);
    if (t->output)
        zsh_option("output", t->help, NULL, "_files");
    for (size_t i = 0; i < t->rows; i++)
        zsh_option(t->row[i].name, t->help, &t->row[i], action_of(c, t->row[i].name));
    if (strcmp(c->name, "run") == 0)
        fputs(" \\\n            '1:suite:{compadd -- $(_pvbench_listed suites); _files}'", stdout);
    else if (strcmp(c->name, "list") == 0)
        fputs(" \\\n            '1:what:(suites workloads hypervisors)'", stdout);
    else if (t->most)
        printf(" \\\n            '*:%s:_files'", t->what ? t->what : "argument");
    puts(" ;;");
}

static void zsh(void)
{
    puts("#compdef pvbench\n"
         "# Completes words of pvbench in zsh; pvbench completion zsh has printed it.\n"
         "_pvbench_listed() { pvbench list $1 2>/dev/null | awk '!NF {exit} /^  [a-z]/ {print $1}' }\n"
         "_pvbench() {\n"
         "    local -a commands=(\n"
         "        'help:the commands, or the options of one'");
    for (const struct command *c = commands; c->name; c++) {
        printf("        '%s:", c->name);
        zsh_text(c->summary);
        puts("'");
    }
    puts("    )\n"
         "    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
         "    shift words; (( CURRENT-- ))\n"
         "    case $words[1] in\n"
         "        help) _describe command commands ;;\n"
         "        completion) compadd bash zsh ;;");
    for (const struct command *c = NULL; (c = each(c));)
        describe(c, zsh_options);
    puts("    esac\n"
         "}\n"
         "_pvbench \"$@\"");
}

int pvb_cmd_completion(int argc, char **argv)
{
    const char *shell = "";
    const struct option_table table = {
        .help = help, .operand = &shell, .least = 1, .most = 1, .what = "shell", .give = "give bash or zsh"};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (strcmp(shell, "bash") == 0)
        bash();
    else if (strcmp(shell, "zsh") == 0)
        zsh();
    else
        return usage_error(argv[0], "%s is not known; known are bash and zsh", shell);
    return usage_finish(EXIT_GOOD);
}
