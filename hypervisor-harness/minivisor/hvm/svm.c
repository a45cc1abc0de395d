#include "hvm.h"
#include "guest.h"
void hvm_run(const struct image *image) { (void)image; panic("not yet"); }
void hvm_timer_fires(void) {}
void hvm_print_regs(void) {}
