# The guest's first file system: enough to find this machine's. Sourced by run.

# build_image FOLDER: makes FOLDER/initrd, and FOLDER/exchange with the kernel's module lists. Uses $kernel and $release.
build_image() {
  local folder=$1 first=$1/first lists name file
  lists=$folder/tree/lib/modules/$release
  mkdir -p "$folder/exchange/lists" "$lists" "$first"/{bin,modules,proc,sys,dev,exchange,root,layer,new}
  # Unpacked packages have no lists yet, and their folder may not be ours to write.
  ln -s "$kernel/lib/modules/$release/kernel" "$lists/kernel"
  for file in modules.order modules.builtin modules.builtin.modinfo; do
    [ ! -e "$kernel/lib/modules/$release/$file" ] || cp "$kernel/lib/modules/$release/$file" "$lists/"
  done
  depmod -b "$folder/tree" "$release"
  cp "$lists"/modules.* "$folder/exchange/lists/"
  for name in virtio_pci 9p 9pnet_virtio overlay; do
    modprobe -d "$folder/tree" -S "$release" --show-depends $name
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$folder/needed"
  while read -r file; do
    cp -L "$file" "$first/modules/"
    basename "$file" >>"$first/modules/order"
  done <"$folder/needed"
  touch "$first/modules/order"
  cp "$(command -v busybox)" "$first/bin/busybox"
  cp "$VM_HOME/init" "$first/init"
  chmod 755 "$first/init"
  (cd "$first" && find . | cpio -o -H newc --quiet | gzip -1) >"$folder/initrd"
}
