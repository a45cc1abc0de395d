"""What a result of the lab must look like: named looks, for the shell tests.

    looks.py RESULT LOOK        ends well if the result looks so

A look is a function below that is given the result's runs; its words say what it sees."""

import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOOKS = {}


def look(function):
    LOOKS[function.__name__] = function
    return function


def benchmarks(runs, *names):
    """Those that were measured, of these names or of all."""
    return [b for r in runs for b in r["benchmarks"] if b["status"] == "ok" and (not names or b["name"] in names)]


def not_applicable(hypervisor):
    """{(mode, workload)}, as the table of expectations has them."""
    with open(os.path.join(ROOT, "reports", "result", "expectations.tsv")) as table:
        rows = [line.rstrip("\n").split("\t") for line in table if not line.startswith("#")]
    return {(row[2], row[0]) for row in rows if row[1] == hypervisor and row[3] == "n/a" and "+" not in row[2]}


def suite():
    with open(os.path.join(ROOT, "workloads", "suites", "micro.json")) as f:
        return json.load(f)["workloads"]


PARTS = ("guest", "hypervisor", "back_end_kernel", "back_end_user", "idle", "unattributed")


def parts(runs, timed=()):
    """What is wrong with them, and how many are right: each the cost to the instruction, unless it times itself."""
    wrong, exact = [], 0
    for run in runs:
        for b in (b for b in run["benchmarks"] if b["status"] == "ok" and b["name"] not in timed):
            for of, samples, total in ((b, b["iterations"], b["cost"]["mean"] * b["iterations"]),
                                       (b["cold"], 1, b["cold"]["cost"]["value"])):
                p = of.get("parts")
                good = p and p["samples"] == samples and p["total"] == round(total) == sum(p[k] for k in PARTS) and \
                    p["unattributed"] == 0
                exact += bool(good)
                wrong += [] if good else [(run["setting"], b["name"], b.get("parameter"), p, b["unavailable"].get("parts"))]
    return wrong, exact


def without_parts(runs):
    runs = json.loads(json.dumps(runs))
    for of in (of for run in runs for b in run["benchmarks"] if b["status"] == "ok" for of in (b, b["cold"], b["unavailable"])):
        of.pop("parts", None)
    return runs


# --- any hypervisor -----------------------------------------------------------


@look
def every_workload_is_measured(runs):
    lost = {(r["mode"], b["name"]) for r in runs for b in r["benchmarks"] if b["status"] != "ok"}
    return lost == not_applicable(runs[0]["hypervisor"]["name"]) and \
        all([b["name"] for b in r["benchmarks"]] == suite() for r in runs)


@look
def costs_are_exact_instructions(runs):
    return all((b["cost"]["unit"], b["cost"]["class"]) == ("instructions", "exact") for b in benchmarks(runs))


@look
def costs_are_noisy_cycles(runs):
    return all((b["cost"]["unit"], b["cost"]["class"]) == ("cycles", "noisy") for b in benchmarks(runs))


@look
def no_count_is_missing_without_a_reason(runs):
    return all(b["entries"] is not None or b["unavailable"]["entries"] for b in benchmarks(runs))


# --- KVM ------------------------------------------------------------------------


@look
def without_entries_both_modes_cost_the_same(runs):
    names = "empty", "syscall", "page_fault", "pte_update", "compute"
    return all(len({b["cost"]["median"] for b in benchmarks(runs, name)}) == 1 for name in names)


@look
def costs_hold_nothing_of_the_probes(runs):
    """From the guest and back: the switch of worlds, 450 instructions. The probes, when they watched, added 550."""
    kinds = {"cpuid": "CPUID", "timer_arm": "MSR", "port_in": "IOIO"}
    return all(400 < b["cost"]["median"] - b["entries"]["exit"][kinds[b["name"]]]["cost"]["mean"] < 600
               for b in benchmarks(runs, *kinds))


@look
def costs_hold_nothing_of_qemus_start(runs):
    """The host's tick is 3000; QEMU's thread that frees what the start left, 140,000, until the guest let it finish."""
    names = "null_hypercall", "yield", "cpuid", "port_in", "msr_write", "timer_arm", "lock_kick"
    return all(b["cost"]["max"] - b["cost"]["median"] < 50000 for b in benchmarks(runs, *names))


@look
def kvms_own_counter_agrees(runs):
    return all(r["second_opinion"]["agrees"] and r["second_opinion"]["compared"][0]["least"] > 20000 for r in runs)


# --- Xen ------------------------------------------------------------------------


def sides(runs):
    """(mode, workload, the first domain's side) of each region: the cold one, too."""
    return [(r["mode"], b["name"], region["host_side"]) for r in runs for b in benchmarks([r]) for region in (b, b["cold"])]


def asked_by_programs(side, op):
    return sum(calls.get(op, 0) for calls in side["privcmd"].values())


@look
def an_exit_has_a_cost_and_a_pv_entry_has_none(runs):
    return all((kind["cost"] is None) == (r["mode"] == "pv")
               for r in runs for b in r["benchmarks"] for kinds in b["entries"].values() for kind in kinds.values())


@look
def the_reason_for_no_cost_is_told(runs):
    return all(("entries.cost" in b["unavailable"]) == any(b["entries"].values()) for b in runs[0]["benchmarks"])


@look
def a_halt_costs_no_sleep(runs):
    return all(b["entries"]["exit"]["HLT"]["cost"]["max"] < 100000 for b in benchmarks(runs[1:], "halt_wake"))


@look
def the_first_domain_tells_everything(runs):
    return all(value is not None for _, _, side in sides(runs) for value in side.values()) and \
        not any("host_side" in what for r in runs for b in r["benchmarks"] for what in b["unavailable"])


@look
def programs_and_kernel_ask_all_that_xen_traced(runs):
    def agree(side):
        ops = {*side["hypercalls"], *side["kernel_hypercalls"], *(op for calls in side["privcmd"].values() for op in calls)}
        return all(side["hypercalls"].get(op, 0) == asked_by_programs(side, op) + side["kernel_hypercalls"].get(op, 0)
                   for op in ops)
    return all(agree(side) for _, _, side in sides(runs))


@look
def dm_op_is_the_device_models_alone(runs):
    traced = [side["hypercalls"].get("dm_op", 0) for _, _, side in sides(runs)]
    asked = [side["privcmd"].get("device_model", {}).get("dm_op", 0) for _, _, side in sides(runs)]
    return traced == asked and sum(traced) > 2000


@look
def the_first_domains_time_is_split_to_the_last_instruction(runs):
    return all(sum(v for v in side["processor_time"].values() if type(v) is int) == side["first_domain_ran"]["value"]
               for _, _, side in sides(runs))


@look
def an_emulated_uart_is_the_device_models_work(runs):
    found = [b for b in benchmarks([r for r in runs if r["mode"] == "hvm"], "console_char")]
    side = found[0]["host_side"]
    told = found[0]["iterations"] * 2
    return len(found) == 1 and told == side["upcall_handlers"]["evtchn:xen-qemu-system"] == 2000 and \
        side["upcalls"] >= told and side["processor_time"]["device_model"] > side["first_domain_ran"]["value"] / 2


@look
def without_back_ends_only_the_timer_calls(runs):
    def is_quiet(side):
        return {*side["upcall_handlers"]} <= {"timer0"} and side["upcalls"] <= side["upcall_handlers"].get("timer0", 0) \
            and not side["privcmd"] and not side["processor_time"]["device_model"]
    return all(is_quiet(side) for mode, name, side in sides(runs) if mode == "pv" and name != "console_char")


@look
def debians_xen_has_no_counters_and_says_so(runs):
    return all(r["second_opinion"]["agrees"] is None and "CONFIG_PERF_COUNTERS" in r["second_opinion"]["reason"]
               for r in runs)


# --- without a hypervisor, beside the minivisor's HVM guest -------------------------


def native_and_hvm(runs):
    """Both {name: benchmark}."""
    return ({b["name"]: b for r in runs if (r["hypervisor"]["name"], r["mode"]) == (of, "hvm") for b in r["benchmarks"]}
            for of in ("native", "minivisor"))


@look
def native_measures_all_but_what_asks_for_a_hypervisor(runs):
    """As in a guest to which KVM does not show itself."""
    native, hvm = native_and_hvm(runs)
    absent = {name for mode, name in not_applicable("kvm") if mode == "hvm"}
    return {n for n, b in native.items() if b["status"] != "ok"} == absent != set() and len(native) == len(hvm)


@look
def native_has_no_entries_and_says_why(runs):
    native, _ = native_and_hvm(runs)
    return all(b["entries"] is None and "nothing lies beneath" in b["unavailable"]["entries"]
               for b in native.values() if b["status"] == "ok")


@look
def what_enters_nothing_costs_what_it_does_natively(runs):
    """To the instruction, with its distribution."""
    native, hvm = native_and_hvm(runs)
    same = [n for n in native if hvm[n].get("entries_total") == 0]
    return len(same) > 8 and all(native[n]["cost"] == hvm[n]["cost"] for n in same)


@look
def what_enters_costs_more_than_natively(runs):
    native, hvm = native_and_hvm(runs)
    return all(native[n]["cost"]["median"] * 4 < hvm[n]["cost"]["median"]
               for n in native if hvm[n].get("entries_total") and native[n]["status"] == "ok")


if __name__ == "__main__":
    with open(sys.argv[1]) as result:
        sys.exit(not LOOKS[sys.argv[2]](json.load(result)["runs"]))
