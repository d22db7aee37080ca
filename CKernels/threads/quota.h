// The CPU quota of the control groups (Linux).
#ifndef CK_THREADS_QUOTA_H
#define CK_THREADS_QUOTA_H

// How many CPUs the quotas on this process's control group and every group above it leave, rounded up; INT_MAX where
// there is none.  `root` is put before every path that is read: "" but for tests.
int ck_quota_cpus(const char *root);

#endif
