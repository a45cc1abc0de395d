/*
 * number.h: how numbers are written for people. Few digits, no exponents;
 * an exact whole number keeps all of its digits up to five.
 */
#ifndef REPORTS_NUMBER_H
#define REPORTS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_SIZE 32

/* 815, 176.8, 4.002, 1.235M; a noisy value has four digits at most (17.26k). */
void number_cost(char into[NUMBER_SIZE], double value, bool exact);

/* Three digits: 0.693, 15.2, 1.00. */
void number_ratio(char into[NUMBER_SIZE], double value);

/* Entries per operation: 2, .03, 1.5; never 0 for something. */
void number_entries(char into[NUMBER_SIZE], double value);

/* All that a script could want: up to nine digits, with an exponent where it is shorter. */
void number_plain(char into[NUMBER_SIZE], double value);

#endif
