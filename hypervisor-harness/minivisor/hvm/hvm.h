/* placeholder */
#ifndef HVM_H
#define HVM_H
#include "types.h"
struct image;
noreturn void hvm_run(const struct image *image);
void hvm_timer_fires(void);
void hvm_print_regs(void);
#endif
