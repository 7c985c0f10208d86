#ifndef HEVC_DECODER_H
#define HEVC_DECODER_H

// Gives an opened libheif a decoder of HEVC that refuses a picture of which libde265 decodes only a part. Without
// libde265 it keeps its own.
void hevc_decoder_register(void *libheif);

#endif
