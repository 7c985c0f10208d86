#ifndef HEVC_DECODER_H
#define HEVC_DECODER_H

// Gives an opened libheif a decoder of HEVC that refuses a picture of which libde265 decodes only a part. Returns 0,
// and leaves libheif with its own, if there is no libde265.
int hevc_decoder_register(void *libheif);

#endif
