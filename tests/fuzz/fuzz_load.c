/* Any bytes as a load: refused in one line, or priced by a result and shown in every way. */
#include "reports/advise/advise.h"

#include "fuzz_shown.h"

#define RESULT "tests/fixtures/result-micro.json"

static void show(const struct advice *a)
{
    struct shown s;
    advice_print(a, false, shown_begin(&s));
    shown_text(&s);
    advice_print(a, true, shown_begin(&s));
    shown_text(&s);
    advice_json(a, shown_begin(&s));
    shown_text(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct result r;
    static struct load l;
    static struct advice a;
    struct report_error e = {""};
    struct model m;
    if (!r.document && result_load(&r, RESULT, &e))
        abort();
    json_t *document = json_loadb((const char *)bytes, size, JSON_DECODE_ANY, NULL);
    if (!document)
        return 0;
    if (load_take(&l, "load.json", document, &e)) {
        shown_error(e.text);
    } else {
        if (model_make(&m, &r, NULL, RESULT, &e))
            abort();
        advice_make(&a, &l, &m);
        show(&a);
        model_free(&m);
    }
    json_decref(document);
    return 0;
}
