#pragma once

/// Gives the file `from` the name `to`, if there is nothing under that name.
///
/// Returns 0 or an errno: EEXIST if there is something.
int rename_exclusively(const char *from, const char *to);

/// Exchanges the names of two files in one step. Where the file system cannot, `to` is replaced and `from` is gone.
///
/// Returns 0 or an errno: ENOENT if either is missing.
int rename_exchanging(const char *from, const char *to);
