/*
 * station.h: the station at the other end of the guest's wire (pvbench/net.h): what the guest's network card sends
 * comes here, whichever card it is.
 */
#ifndef DEVICE_STATION_H
#define DEVICE_STATION_H

#include "types.h"

void station_init(void);

/*
 * A frame of the guest's, in its memory; the frames that answer it are delivered one by one, from ours, as long as
 * there is room (false: there was none, and the frame is lost). What delivers may write to memory of the guest's, and
 * so to the frame.
 */
void station_frame(const u8 *frame, u64 size, bool (*deliver)(const u8 *frame, u64 size));

#endif
