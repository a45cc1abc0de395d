/*
 * suite_variants.h: the hypervisors of a suite, or its guests, each started in several ways.
 *
 * What a switch of Xen or of the kernel costs is told by two starts that differ in nothing else. A suite names them:
 *
 *     "variants": ["usual", {"name": "xpti", "xen": "xpti=on"}, {"name": "auto", "kernel": "mitigations=auto"}]
 *
 * Its words go to the command line in the lab, where the lab's own would switch all that protects a hypervisor off. Or
 * its guests, which are Linux, differ by words more on their command line; "only" says of which hypervisor and mode,
 * and with which devices, if some alone are meant ("xen/hvm+emulated"):
 *
 *     "variants": ["usual", {"name": "nopv", "guest": "xen_nopv", "only": "xen/hvm"}]
 */
#ifndef RUNNER_SUITE_VARIANTS_H
#define RUNNER_SUITE_VARIANTS_H

#include "runner/plan/suite.h"

#include <jansson.h>

struct hypervisor;

#define SUITE_VARIANT_USUAL "usual" /* as the lab starts it for every other suite; its name is in no key */

/* `array`: the suite's; NULL: it has none. -1 with an error that names the place. */
int suite_variants_read(struct suite *s, const char *path, const json_t *array, struct pvb_error *e);

/* Is it one of this hypervisor's, with a guest of this mode? */
bool suite_variant_is_for(const struct suite_variant *v, const struct hypervisor *h, const char *mode);

/* Of these, is it one with such devices? */
bool suite_variant_takes(const struct suite_variant *v, const char *devices);

/* The words that its hypervisor is started with; "": none. NULL: it is started as usual. */
const char *suite_variant_words(const struct suite_variant *v, const struct hypervisor *h);

/* Do its variants say how hypervisors are started? Else all are started as usual. */
bool suite_starts_hypervisors(const struct suite *s);

/* As the suite's file says it; a new reference. */
json_t *suite_variant_json(const struct suite_variant *v);

#endif
