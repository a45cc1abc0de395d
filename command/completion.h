/*
 * completion.h: `pvbench completion`: what bash and zsh need to complete words of this command. It is made of the same
 * tables that the commands read their options by, so that nobody has to keep a second list.
 */
#ifndef COMMAND_COMPLETION_H
#define COMMAND_COMPLETION_H

int pvb_cmd_completion(int argc, char **argv);

#endif
