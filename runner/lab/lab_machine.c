/* lab_machine.c: the last step of every boot in the lab. */
#include "runner/lab/lab_machine.h"
#include "runner/session/process.h"

_Static_assert(LAB_MONITOR_FD == PROCESS_INHERITED, "the emulator looks for its monitor where the runner puts it");

int lab_prepare(struct command *command, const struct lab_machine *machine, struct pvb_error *e)
{
    command->argv = lab_command(machine);
    command->has_monitor = true;
    return command->argv ? 0 : pvb_fail(e, "lab: out of memory");
}
