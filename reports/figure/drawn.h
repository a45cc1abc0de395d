/*
 * drawn.h: whether a picture is whole. gnuplot ends with status 0 although the disk was
 * full, so each of its files is taken apart before anybody sees it.
 */
#ifndef REPORTS_DRAWN_H
#define REPORTS_DRAWN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * By its ending: an SVG's elements are all closed, a PNG's checksums are right, a PDF's objects are where its
 * table says, a TeX file is closed as it was opened. Others need something in them. A 0 stands behind `text`.
 */
bool drawn_whole(const char *name, const char *text, size_t size);

/*
 * A hole in the middle of a text may leave it well formed. So what is text is drawn twice,
 * the second time in a folder of the working folder, and must be the same. 1: NAME's script
 * there is ready; 0: nothing of it is text; -1 with errno.
 */
#define DRAWN_AGAIN "again"
int drawn_twice(const char *work, const char *name);
bool drawn_same(const char *work, const char *name, const char *ending, const char *text, size_t size);

#endif
