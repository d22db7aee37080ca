internal import CKernels

/// Sets `blocks[i]` to the four random words of block `source.offset + i`.
///
/// This is Philox4x32-10 itself: the counter is the block's number in its lower 64 bits and the stream in its upper, the
/// key is the seed.
///
/// ```swift
/// var blocks = [SIMD4<UInt32>](repeating: .zero, count: 1)
/// var out = blocks.mutableSpan
/// try randomBlocks(into: &out, from: RandomSource(seed: 0))
/// print(String(blocks[0].x, radix: 16))  // 6627e8d5
/// ```
///
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/overflow`` where the sequence ends.
/// - Threads: as ``randomUniform(into:in:from:isa:threads:)``.
public func randomBlocks(
  into blocks: inout MutableSpan<SIMD4<UInt32>>, from source: RandomSource, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let table = try unsafe isa.table()
  let threads = try Threads.resolve(threads)
  var place = ck_random(source)
  var fault = unsafe ck_fault()
  // SAFETY: a block is four words side by side, and C writes blocks.count of them.
  let status = unsafe blocks.withUnsafeMutableBytes { bytes in
    let words = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt32.self)
    return unsafe ck_philox(table, threads, &place, bytes.count / 16, words, &fault)
  }
  guard status == CK_OK else { throw unsafe KernelError(status, fault) }
}

extension ck_random {
  init(_ source: RandomSource) {
    self.init(seed: source.seed, stream: source.stream, offset: source.offset)
  }
}
