#define _GNU_SOURCE
#include "threads/quota.h"

#include <limits.h>

#ifdef __linux__

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A hierarchy of control groups that may limit CPU time: version 1 (its `cpu` controller) or version 2.
struct hierarchy {
  bool unified;
  char group[PATH_MAX];  // the group of this process, as the hierarchy names it
  char mount[PATH_MAX];  // where the hierarchy is mounted ...
  char shown[PATH_MAX];  // ... and the group that appears there as its root
  char path[3 * PATH_MAX];
};

static bool has_word(const char *list, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = list; (at = strstr(at, word)); at += length)
    if ((at == list || at[-1] == ',') && (at[length] == ',' || !at[length] || at[length] == '\n')) return true;
  return false;
}

static FILE *open_path(struct hierarchy *h, const char *root, const char *mount, const char *group, const char *file) {
  const int length = snprintf(h->path, sizeof h->path, "%s%s%s%s", root, mount, group, file);
  return length < (int)sizeof h->path ? fopen(h->path, "re") : NULL;
}

// Lines of /proc/self/cgroup: hierarchy-id:controllers:group, where version 2 has an empty list of controllers.
static bool find_group(struct hierarchy *h, const char *root) {
  FILE *file = open_path(h, root, "", "", "/proc/self/cgroup");
  if (!file) return false;
  char *line = NULL;
  size_t capacity = 0;
  bool found = false;
  while (!found && getline(&line, &capacity, file) > 0) {
    char *controllers = strchr(line, ':'), *group = controllers ? strchr(++controllers, ':') : NULL;
    if (!group || strlen(group) > PATH_MAX) continue;
    *group++ = 0;
    found = h->unified ? !*controllers : has_word(controllers, "cpu");
    group[strcspn(group, "\n")] = 0;
    if (found) strcpy(h->group, *group ? group : "/");
  }
  free(line);
  fclose(file);
  return found;
}

// Lines of /proc/self/mountinfo: id parent device root mount options [tags] - type source super-options.
static bool find_mount(struct hierarchy *h, const char *root) {
  FILE *file = open_path(h, root, "", "", "/proc/self/mountinfo");
  if (!file) return false;
  char *line = NULL;
  size_t capacity = 0;
  bool found = false;
  while (!found && getline(&line, &capacity, file) > 0) {
    char *const dash = strstr(line, " - ");
    char type[16], options[256];
    if (!dash || sscanf(dash, " - %15s %*s %255s", type, options) != 2) continue;
    *dash = 0;
    found = (h->unified ? !strcmp(type, "cgroup2") : !strcmp(type, "cgroup") && has_word(options, "cpu")) &&
            strlen(line) < PATH_MAX && sscanf(line, "%*s %*s %*s %s %s", h->shown, h->mount) == 2;
  }
  free(line);
  fclose(file);
  return found;
}

// The quota of one group in CPUs, INT_MAX for none.
static int quota_of(struct hierarchy *h, const char *root, const char *group) {
  static const char *const files[2][2] = {{"/cpu.cfs_quota_us", "/cpu.cfs_period_us"}, {"/cpu.max", NULL}};
  char text[2][32] = {"", ""};
  for (int i = 0; i < 2 && files[h->unified][i]; ++i) {
    FILE *file = open_path(h, root, h->mount, group, files[h->unified][i]);
    if (!file) return INT_MAX;
    if (!fgets(text[i], sizeof text[i], file)) text[i][0] = 0;
    fclose(file);
  }
  long long quota = 0, period = 0;  // "max" is no number, and version 1 writes -1
  if (h->unified)
    sscanf(text[0], "%lld %lld", &quota, &period);
  else if (sscanf(text[0], "%lld", &quota) == 1)
    sscanf(text[1], "%lld", &period);
  if (quota <= 0 || period <= 0) return INT_MAX;
  const long long cpus = quota / period + (quota % period != 0);
  return cpus < INT_MAX ? (int)cpus : INT_MAX;
}

// The part of `group` below `shown`, which a mount shows as its root; NULL where it lies elsewhere.
static char *below(char *group, const char *shown) {
  const size_t length = strcmp(shown, "/") ? strlen(shown) : 0;
  const bool lies_there = strncmp(group, shown, length) == 0 && (group[length] == '/' || group[length] == 0);
  return lies_there ? group + length : NULL;
}

// The least quota from this process's group up to the root that is mounted.
static int least_quota(const char *root, bool unified) {
  struct hierarchy *h = calloc(1, sizeof *h);
  int least = INT_MAX;
  if (h && (h->unified = unified, find_group(h, root)) && find_mount(h, root)) {
    // In a container the mount shows only the groups from `shown` down.
    char *group = below(h->group, h->shown);
    if (!group) group = strcpy(h->group, "/");
    for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
      *end = 0;
      const int quota = quota_of(h, root, group);
      if (quota < least) least = quota;
    }
  }
  free(h);
  return least;
}

int ck_quota_cpus(const char *root) {
  const int first = least_quota(root, false), second = least_quota(root, true);
  return first < second ? first : second;
}

#else

int ck_quota_cpus(const char *root) {
  (void)root;
  return INT_MAX;
}

#endif
