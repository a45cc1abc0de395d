/* Included before everything: nothing in here is ever interposed. */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif
