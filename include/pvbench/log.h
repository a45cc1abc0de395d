/*
 * log.h: the lines that come out of a guest and out of its hypervisor, and
 * the marks that delimit a measured region.
 *
 * Guest lines (on the guest's console, one line each, at most
 * PVB_LINE_MAX characters, fields separated by one space, `reason` always
 * last and running to the end of the line):
 *
 *   pvbench: start abi=1 mode=pv|hvm|pvh platform=minivisor|xen|kvm|none tsc_khz=N count=N
 *   pvbench: begin index=I name=NAME parameter=P
 *   pvbench: result index=I iterations=N warmup=N ops=N cold=T unit=tsc measures=WORDS_JOINED_BY_UNDERSCORES
 *   pvbench: samples index=I V*C V*C V …    (V: TSC ticks; *C: how many, left
 *                                            out when 1; may be repeated)
 *   pvbench: notifications index=I sent=N suppressed=N received=N   (between result and end, of guests that have
 *                                            devices: of the drivers, in the steady state)
 *   pvbench: clock index=I interrupts=N            (between result and end, of a guest with a clock that interrupts by
 * itself: so often while the steady state was measured)
 *   pvbench: phase index=I name=NAME ended=T       (between result and end, of what measures since_the_start: in order)
 *   pvbench: end index=I
 *   pvbench: na index=I reason=…            (in place of result: no counterpart here)
 *   pvbench: error index=I reason=…         (in place of result: set-up failed)
 *   pvbench: devices reads=N writes=N flushes=N sent=N received=N   (requests to the disk, frames of the network card,
 * of the guest's whole life; of guests that have devices) pvbench: panic reason=…                 (the guest gives up)
 *   pvbench: save live=0|1                  (the guest asks to be saved and restored; live: copied while it runs)
 *   pvbench: memory less=N | more=N         (the guest asks for a target of so many pages less, or more, which a guest
 *                                            beside it gives)
 *   pvbench: memory done                    (one beside it: it has as much as its target says)
 *   pvbench: done
 *   pvbench: at_work                        (a guest that is there to be beside another one: its load has been done
 *                                            once, and is done again and again from here on, without another word)
 *
 * Other lines are the guest's own words and carry no result.
 * `index` is the workload's place in struct pvb_params.
 *
 * Hypervisor lines, the minivisor's or, for Xen, pvbench-xen-domain's. It owns the console: each of its own begins with
 * "M ", each line of its guest is passed on with "G " in front (so that a
 * guest cannot speak in the hypervisor's name):
 *
 *   M start abi=1 version=V mode=pv|hvm|pvh tsc_khz=N guest_kib=N
 *   M unpaused tsc=T                         (its TSC by the hypervisor, when the guest was let run; not said: 0)
 *   M region id=R spans=N ticks=T           (T: TSC ticks between the marks, summed)
 *   M entry id=R class=CLASS code=C count=N total=T min=T max=T   (T: ticks in the handler)
 *   M entry id=R class=CLASS code=C count=N costs=none   (a source that sees no ends of these entries)
 *   M dist id=R class=CLASS code=C rest=N V*C V*C …  (distinct costs, ascending;
 *                               rest: entries whose cost found no room)
 *   M detail id=R class=CLASS code=C rest=N K:C K:C …  (K: key in hex; what the
 *                               entry was about: sub-operation, port, MSR, page)
 *   M others id=R class=CLASS code=C count=N   (of the entries before: those of other vCPUs than the one that marks)
 *   M host id=R isa=pv|svm|vmx ticks=N [ran=T calls K:C …]   (interrupts of the hypervisor's own that showed, no
 *                               entries; of Xen's first domain in the meantime, where it is known, how long it ran and
 *                               its hypercalls: K number in hex)
 *   M probes id=R mappings=N time PARTY=T …  (the probes in Xen's first domain: requests to map memory through
 *                               privcmd; ticks that each party of collectors/xen_party.h had on a processor)
 *   M probes id=R by=PARTY K:C …            (hypercalls that it asked for through privcmd: K number in hex)
 *   M probes id=R kernel K:C …              (those that the kernel made)
 *   M probes id=R upcalls=N
 *   M probes id=R handled=N name=NAME       (of the upcalls' events, by their handler)
 *   M probes id=R grants map=N unmap=N copy=N   (grants that the kernel mapped and unmapped; copies that it had Xen do)
 *   M probes id=R unknown=privcmd|kernel|upcalls|grants reason=…
 *   M probes none reason=…                  (outside of regions: there are no probes)
 *   M regionend id=R
 *   M doubt id=R reason=…                   (inside a region: its counts are not to be had; without
 *                               id, outside: those of every region)
 *   M opinion sum kind=WORD counters=N trace=N least=N most=N   (a second source: what it counted, of
 *                               all domains, in a shorter time than the first and in a longer one)
 *   M opinion differs kind=WORD index=I trace=N least=N most=N   (one counter of that kind does not agree)
 *   M opinion none reason=…                 (there is no second source)
 *   M recount sum kind=WORD records=N entries=N   (of one domain's whole life: Xen's trace records by a second reader,
 *                               and what the first one booked)
 *   M recount differs kind=WORD code=C records=N entries=N
 *
 *   M guest order=N role=measured mode=M [weight=N cap=N]
 *
 * Outside of regions; of a boot with several guests: the how-manieth it was to start, and what the scheduler was told
 * of it, where it was.
 *
 *   M guest order=N role=neighbour mode=M load=NAME end=WORD [weight=N cap=N] [done=N] [exits=N halts=N ran_ns=T
 * life_ms=T start_exits=N start_ns=T] [reason=…]
 *
 * done: how often it had done its load when the measured one was done; the counts: by its host, since the measured one
 * began to start, and until it was at work itself; WORD: running (until the measured one was done), crash, poweroff,
 * reboot, destroyed, error, timeout (it never came to its load).
 *
 *   M step order=N what=create|start|destroy ticks=T own_ns=T store_ns=T store=N mappings=N K:C …
 *
 * Outside of regions: what was done for a guest beside the measured one: ticks until it was done, of them the program's
 * that did it and xenstored's, requests to XenStore, requests to map its memory; hypercalls K, decimal.
 *
 *   M saved order=N live=0|1 rounds=N pages=N bytes=N down=T
 *
 * Outside of regions: the measured guest was saved and restored, for the Nth time: rounds in which pages were copied,
 * pages in all of them, bytes of the file; ticks from when it was seen to have stopped until it was let run again.
 *
 *   M passage order=N what=save|destroy|restore|start ticks=T …   (behind it: what each step took, as of M step)
 *
 *   M share id=R order=N ran=T turns=N E …
 *
 * Inside a region, of each of several guests: ticks that it had the processor, how often it got it; its entries E,
 * CLASS:CODE:COUNT.
 *
 *   M devices [reads=N writes=N flushes=N] [sent=N received=N]   (as the guest's line, by the back ends' statistics)
 *   M note TEXT
 *   M kill reason=…                         (the guest broke a rule, or its time is over; registers follow as notes)
 *   M end reason=WORD                       (poweroff, reboot, crash, killed, timeout, error)
 *
 * CLASS is hypercall, forward, emulate or exit; C and R are decimal.
 * A region that was not closed by its mark is printed with `open=1` at the
 * end of its `M region` line.
 */
#ifndef PVBENCH_LOG_H
#define PVBENCH_LOG_H

#define PVB_LOG_ABI  1
#define PVB_LINE_MAX 1000

/*
 * Regions. Each workload has two: its first, cold operation and its steady
 * state. A region may consist of several spans (begin … end, begin … end)
 * whose entries add up.
 */
#define PVB_REGION_COLD(index)   (2u * (index))
#define PVB_REGION_STEADY(index) (2u * (index) + 1u)

/*
 * The mark is an entry that every collector can see and that does nothing:
 *   PV:  vcpu_op(VCPUOP_is_up, vcpuid = mark)  -> -ENOENT. The Xen trace
 *        records both arguments.
 *   HVM: outl(mark, PVB_MARK_PORT), a port that no device owns.
 * From a program of a guest (Linux), which may do neither:
 *   PV:  forced emulation of CPUID in a stub at the address mark << PVB_MARK_STUB_SHIFT: of it the Xen trace records
 *        the address alone.
 *   HVM: CPUID, the mark its leaf.
 * The marking entries themselves belong to no region.
 *
 * The region of a guest's start (the workload PVB_BOOT_WORKLOAD, steady state) has no mark at its begin: whoever counts
 * opens it before the guest does anything.
 */
#define PVB_MARK_PORT          0x7076u
#define PVB_MARK_BASE          0x70760000u
#define PVB_MARK_BEGIN(region) (PVB_MARK_BASE | ((region) << 1))
#define PVB_MARK_END(region)   (PVB_MARK_BASE | ((region) << 1) | 1u)
#define PVB_MARK_IS(value)     (((value)&0xffff0000u) == PVB_MARK_BASE)
#define PVB_MARK_REGION(value) (((value)&0xffffu) >> 1)
#define PVB_MARK_IS_END(value) ((value)&1u)
#define PVB_MARK_LAST          (PVB_MARK_BASE | 0x1ffu) /* of all regions that there may be */
#define PVB_MARK_STUB_SHIFT    4

#define PVB_BOOT_WORKLOAD "boot"

#endif
