#pragma once

// Swift's Glibc module has neither of these headers.
#include <sys/prctl.h>
#include <sys/xattr.h>
#include <linux/falloc.h>
#include <fcntl.h>
#include <spawn.h>
#include <linux/stat.h>
#include <sys/types.h>
#include <syslog.h>

// prctl is variadic, which Swift does not import.
static inline int keybaton_set_dumpable(unsigned long dumpable) { return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0); }
static inline int keybaton_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

// glibc declares statx for _GNU_SOURCE only, too. The attributes of a name itself, of those that the file system knows; 0 also
// when it, or the kernel, knows none.
extern int statx(int directory, const char *name, int flags, unsigned int mask, struct statx *result);
static inline unsigned long long keybaton_attributes(int directory, const char *name, int flags)
{
    struct statx result;
    if (statx(directory, name, flags, STATX_BASIC_STATS, &result) != 0) return 0;
    return result.stx_attributes & result.stx_attributes_mask;
}
static const unsigned long long keybaton_unchangeable = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
static const unsigned long long keybaton_mount_root = STATX_ATTR_MOUNT_ROOT;

// glibc declares fallocate for _GNU_SOURCE only, which Swift does not set; the size of the file stays what it is.
extern int fallocate(int fd, int mode, off_t offset, off_t length);
static inline int keybaton_reserve(int fd, off_t size) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size); }

// Declared for _GNU_SOURCE only, too.
static const int keybaton_o_path = __O_PATH;
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);
extern int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
extern int getresgid(gid_t *real, gid_t *effective, gid_t *saved);

static inline int keybaton_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL); }

// syslog is variadic, too.
static inline void keybaton_syslog(int priority, const char *line) { syslog(priority, "%s", line); }

// Swift takes a global variable of C for shared state that must not be touched.
extern char **environ;
static inline char **keybaton_environment(void) { return environ; }
