/* table.c: the commands, each with the words that stand beside it in the help. */
#include "command/table.h"
#include "command/completion.h"
#include "runner/command/commands.h"

#include "reports/report.h"

#include <stddef.h>

const struct command commands[] = {
    {"run", pvb_cmd_run, "boot a suite's workloads and write what they cost"},
    {"plan", pvb_cmd_plan, "what each shard of a run on several computers would do"},
    {"list", pvb_cmd_list, "suites, workloads, hypervisors and modes"},
    {"report", pvb_cmd_report, "a result as a table: PV beside HVM"},
    {"explain", pvb_cmd_explain, "in which functions the instructions are, and what changed"},
    {"figure", pvb_cmd_figure, "a result as figures for a paper"},
    {"compare", pvb_cmd_compare, "two results: what differs, and is it worse"},
    {"history", pvb_cmd_history, "many nights' results: what stepped, when, with which build"},
    {"bisect", pvb_cmd_bisect, "the commit of Xen, Linux or pvbench that changed a number"},
    {"ab", pvb_cmd_ab, "two builds of a hypervisor: what differs, and is it worse"},
    {"merge", pvb_cmd_merge, "several results of one suite as one: KVM's beside Xen's"},
    {"advise", pvb_cmd_advise, "which mode for a load: what it would pay in each"},
    {"export", pvb_cmd_export, "a result in the formats of other tools"},
    {"trace", pvb_cmd_trace, "the entries of running guests: KVM's virtual machines, Xen's domains"},
    {"domains", pvb_cmd_domains, "what runs on this computer's hypervisors: domains, virtual machines"},
    {"doctor", pvb_cmd_doctor, "what this computer can measure, and what is missing"},
    {"completion", pvb_cmd_completion, "for bash and zsh: what completes the words of this command"},
    {NULL, NULL, NULL},
};
