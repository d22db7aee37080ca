// Template: operands packed ahead of time.  Needs: real, gemm/chunks.h.
//
//   header (64 bytes) | chunk 0: panel 0, panel 1, ... | chunk 1: ... ; a panel is as gemm/pack.inc.h writes it

enum side { SIDE_A = 'A', SIDE_B = 'B' };

// What a packed operand was made for.
struct packed_header {
  uint64_t kind;  // element size, side, panel width: what differs between instruction sets
  int64_t width, depth;
  uint64_t reserved[5];
};

enum { HEADER_ELEMENTS = sizeof(struct packed_header) / sizeof(real) };

static uint64_t packed_kind(const struct kernels *k, enum side side) {
  const uint64_t magic = 0x4d4d4547;  // "GEMM"
  return magic << 32 | (uint64_t)side << 24 | sizeof(real) << 16 | (uint64_t)(side == SIDE_A ? k->mr : k->nr);
}

static ptrdiff_t packed_count(const struct kernels *k, enum side side, ptrdiff_t width, ptrdiff_t depth) {
  const ptrdiff_t panel = side == SIDE_A ? k->mr : k->nr;
  ptrdiff_t count, bytes;
  if (width < 0 || depth < 0) return -1;
  if (__builtin_mul_overflow(panels_of(width, panel), panel, &count) || __builtin_mul_overflow(count, depth, &count) ||
      __builtin_add_overflow(count, HEADER_ELEMENTS, &count) ||
      __builtin_mul_overflow(count, (ptrdiff_t)sizeof(real), &bytes))
    return -1;
  return count;
}

// Of an operand whose packed form has too many bytes: the most of its width, or of its depth at this width.
static ck_status fail_packed_size(const struct kernels *k, enum side side, ptrdiff_t width, ptrdiff_t depth,
                                  const char *name, ck_fault *fault) {
  const ptrdiff_t panel = side == SIDE_A ? k->mr : k->nr,
                  most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real) - HEADER_ELEMENTS;
  const ptrdiff_t widest = most / panel * panel;
  if (width > widest) return ck_fail(fault, CK_OVERFLOW, name, widest, width);
  return ck_fail(fault, CK_OVERFLOW, name, most / (panels_of(width, panel) * panel), depth);
}

static ck_status pack_operand(const struct kernels *k, enum side side, ptrdiff_t width, ptrdiff_t depth,
                              const real *source, const ck_layout *layout, real *packed, ptrdiff_t count,
                              ck_fault *fault) {
  const char *name = side == SIDE_A ? "a" : "b";
  ptrdiff_t ws = side == SIDE_A ? layout->row_stride : layout->column_stride;
  ptrdiff_t ps = side == SIDE_A ? layout->column_stride : layout->row_stride;
  const ptrdiff_t needed = packed_count(k, side, width, depth);
  ptrdiff_t elements;
  if (width < 0 || depth < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, name, 0, width < 0 ? width : depth);
  if (needed < 0) return fail_packed_size(k, side, width, depth, "packed", fault);
  const ck_layout across = {layout->count, ws, ps, 0};
  ck_status status = ck_check_extent(name, &across, width, depth, 1, sizeof(real), &elements, fault);
  if (status != CK_OK) return status;
  if (count < needed) return ck_fail(fault, CK_SHORT_BUFFER, "packed", needed, count);
  status = ck_check_apart("packed", packed, needed * (ptrdiff_t)sizeof(real), source,
                          elements * (ptrdiff_t)sizeof(real), fault);
  if (status != CK_OK) return status;
  if (width == 1) ws = 1;  // a stride that leads nowhere may be any number
  if (depth == 1) ps = 1;

  const struct packed_header header = {.kind = packed_kind(k, side), .width = width, .depth = depth};
  memcpy(packed, &header, sizeof header);
  const ptrdiff_t panel = side == SIDE_A ? k->mr : k->nr, panels = panels_of(width, panel);
  pack_panels_of *pack = side == SIDE_A ? k->pack_a : k->pack_b;
  for (ptrdiff_t pc = 0, kc; pc < depth; pc += kc) {
    kc = min(chunk_depth(depth), depth - pc);
    pack(width, panels, 0, panels, kc, source + pc * ps, ws, ps, packed + HEADER_ELEMENTS + pc * panels * panel);
  }
  return CK_OK;
}

// That `packed` is this operand, and `count` elements of it are there.
static ck_status check_packed(const struct kernels *k, enum side side, ptrdiff_t width, ptrdiff_t depth,
                              const real *packed, ptrdiff_t count, ck_fault *fault) {
  const char *name = side == SIDE_A ? "a" : "b";
  const ptrdiff_t needed = packed_count(k, side, width, depth);
  struct packed_header header;
  if (needed < 0) return fail_packed_size(k, side, width, depth, name, fault);
  // The header first: a matrix packed for another instruction set may also be shorter.
  if (count < HEADER_ELEMENTS) return ck_fail(fault, CK_SHORT_BUFFER, name, needed, count);
  memcpy(&header, packed, sizeof header);
  const uint64_t kind = packed_kind(k, side);
  if (header.kind != kind) return ck_fail(fault, CK_WRONG_PACKING, name, (int64_t)kind, (int64_t)header.kind);
  if (header.width != width) return ck_fail(fault, CK_WRONG_PACKING, name, width, header.width);
  if (header.depth != depth) return ck_fail(fault, CK_WRONG_PACKING, name, depth, header.depth);
  if (count < needed) return ck_fail(fault, CK_SHORT_BUFFER, name, needed, count);
  return CK_OK;
}
