#!/bin/sh
# Runs the static driver on an emulated machine whose CPU has AVX-512:  avx512.sh VMLINUZ PROGRAM OPTION...
# Bochs is the machine, because qemu knows no AVX-512.  It starts a Linux kernel from a CD that holds the driver, and what
# the driver prints comes out of its serial port.  Needs bochs, xorriso, isolinux with syslinux-common, and
# busybox-static.  A machine that stops half-way is a failure.
set -eu
kernel=$(realpath "$1") program=$(realpath "$2")
shift 2
machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT
cd "$machine"
mkdir -p cd/isolinux root/bin root/proc root/dev

cp "$kernel" cd/vmlinuz
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 cd/isolinux

# Features 321 and 323 are XSAVEC and XSAVES: Bochs 2.7 gives the area that they save a size that Linux finds wrong, and
# Linux would do without AVX.
cat >cd/isolinux/isolinux.cfg <<'END'
DEFAULT driver
LABEL driver
  KERNEL /vmlinuz
  APPEND initrd=/initrd console=ttyS0,115200 quiet panic=-1 mitigations=off nokaslr nosmp noapic tsc=reliable lpj=1000000 clearcpuid=321,323
END

cp "$(command -v busybox)" root/bin/busybox
cp "$program" root/driver
{
  echo '#!/bin/busybox sh'
  echo '/bin/busybox mount -t proc proc /proc; /bin/busybox mount -t devtmpfs dev /dev'
  printf '/driver'; printf " '%s'" "$@"; echo "; echo status \$?"
  echo '/bin/busybox sleep 1; /bin/busybox poweroff -f'  # the serial port is slower than the machine
} >root/init
chmod +x root/init
(cd root && find . | busybox cpio -o -H newc 2>/dev/null) >cd/initrd
xorriso -as mkisofs -quiet -o cd.iso -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 \
  -boot-info-table cd 2>/dev/null

cat >bochsrc <<'END'
display_library: rfb, options="timeout=0"
plugin_ctrl: unmapped=1, biosdev=1, serial=1, speaker=0, extfpuirq=0, parallel=0
cpu: model=corei7_skylake_x, count=1, ips=200000000
memory: guest=1024, host=1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial
log: bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
clock: sync=none
END
echo continue >commands  # Debian's Bochs starts in its debugger, and leaves it at the power-off, which it calls a panic
bochs -q -f bochsrc -rc commands </dev/null >bochs.out 2>&1 || true
tr -d '\r' <serial >said
cat said
grep -q '^status 0$' said
