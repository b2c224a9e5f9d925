#pragma once

// Swift's Glibc module has neither of these headers.
#include <sys/prctl.h>
#include <sys/xattr.h>
#include <linux/falloc.h>
#include <fcntl.h>
#include <sys/types.h>
#include <syslog.h>

// prctl is variadic, which Swift does not import.
static inline int keybaton_set_dumpable(unsigned long dumpable) { return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0); }
static inline int keybaton_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

// glibc declares fallocate for _GNU_SOURCE only, which Swift does not set; the size of the file stays what it is.
extern int fallocate(int fd, int mode, off_t offset, off_t length);
static inline int keybaton_reserve(int fd, off_t size) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size); }

// Defined for _GNU_SOURCE only, too.
static const int keybaton_o_path = __O_PATH;

// syslog is variadic, and its own constants are expressions that Swift does not import.
static inline void keybaton_syslog(int priority, const char *line) { syslog(priority, "%s", line); }
