// What the Swift function costs over the C function it calls, on a product so small that little else is left.
import CKernels
import Kernels

@main
struct Overhead {
  static let calls = 200_000

  static func main() throws {
    let a: [Float] = [1, 2, 3, 4, 5, 6]
    let b: [Float] = [1, 0, 0, 1, 1, 1]
    var c = [Float](repeating: 0, count: 4)
    let threads = Int32(Threads.current)
    var product = ck_gemm(
      m: 2, n: 2, k: 3, batch: 1, a: layout(6, 3), b: layout(6, 2), c: layout(4, 2), a_packed: false, b_packed: false)
    var fault = ck_fault()
    var inC = Double.infinity
    var inSwift = Double.infinity
    for _ in 0..<30 {
      c.withUnsafeMutableBufferPointer { c in
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            inC = min(
              inC,
              nanoseconds {
                _ = ck_sgemm(
                  ck_isa_at(0), threads, &product, 1, a.baseAddress, b.baseAddress, 0, c.baseAddress, nil, &fault)
              })
          }
        }
      }
      var out = c.mutableSpan
      inSwift = min(inSwift, try nanoseconds { try gemm(a.span, b.span, into: &out, m: 2, n: 2, k: 3) })
    }
    print("C \(inC) ns, Swift \(inSwift) ns, overhead \(inSwift - inC) ns")
    if inSwift - inC >= 100 { fatalError("100 ns or more") }
  }

  static func layout(_ count: Int, _ rowStride: Int) -> ck_layout {
    ck_layout(count: count, row_stride: rowStride, column_stride: 1, batch_stride: 0)
  }

  @inline(__always)
  static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure { for _ in 0..<calls { try body() } } / .nanoseconds(calls)
  }
}
