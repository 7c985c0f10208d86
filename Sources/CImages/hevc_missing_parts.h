#ifndef HEVC_MISSING_PARTS_H
#define HEVC_MISSING_PARTS_H

#include <stdint.h>

#include <libde265/de265.h>

// A byte of a plane's row before anything is written there.
typedef uint8_t hevc_fresh_byte(int x, int y, int sample_bytes);

// That of all memory that is allocated (see heif_library_open). Zero would not do: cameras write it into what lies
// outside of the picture.
enum { hevc_plain_byte = 1 };
hevc_fresh_byte hevc_plain;
// Noise that repeats with the blocks, of less than 256 in each sample, and planes that are full of it.
hevc_fresh_byte hevc_noise;
extern struct de265_image_allocation hevc_noisy_memory;

// If there is a block of luma that is fresh but for its edges.
int hevc_has_fresh_block(const struct de265_image *image, hevc_fresh_byte *fresh);

#endif
