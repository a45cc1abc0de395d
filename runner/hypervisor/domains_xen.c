/* domains_xen.c: Xen's domains, of the program that is linked with Xen's libraries. */
#include "runner/hypervisor/domains.h"
#include "runner/hypervisor/xen_ask.h"

static int list(json_t *domains, struct pvb_error *e)
{
    json_t *array = xen_ask("list", e);
    const int bad = json_is_array(array) ? 0 : array ? pvb_fail(e, "Xen's domains: the answer is no list") : -1;
    if (!bad)
        json_array_extend(domains, array);
    json_decref(array);
    return bad;
}

const struct domain_source domains_xen = {"xen", list};
