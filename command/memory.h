/*
 * memory.h: what happens when there is no memory left. Small pieces that a
 * document or a line is made of have no way on without it, and one that is
 * left out would be a document that lies: the program ends, with one line
 * and status 1, before anything of it is written.
 */
#ifndef COMMAND_MEMORY_H
#define COMMAND_MEMORY_H

void out_of_memory(void) __attribute__((noreturn));

/* From now on so does every JSON value for which there is no memory. */
void memory_guards_json(void);

#endif
