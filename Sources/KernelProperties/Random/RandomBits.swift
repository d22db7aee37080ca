import Kernels
import KernelsReference

extension RandomProperties {
  static var bits: [Claim] {
    [
      Claim(
        "split", "a sequence cut anywhere has the bits of the whole", weight: 2,
        generate: {
          var x = $0.randomCase(limit: 2000)
          x.place = $0.int(0...max(x.n, 1))
          return x
        },
        check: { c, isa in
          let cut = min(max(c.place, 0), c.n)
          var (first, rest) = (c, c)
          first.n = cut
          (rest.n, rest.offset) = (c.n - cut, c.offset + cut)
          // The input of dropout is that of the whole.
          if c.kind == 3 { return 0 }
          try expectSame(drawn(first, isa) + drawn(rest, isa), drawn(c, isa), "cut at \(cut)")
          return 0
        }),
      Claim(
        "threads", "1 to 8 threads give the same bits",
        generate: {
          var x = $0.randomCase(limit: 500)
          x.threads = $0.int(2...8)
          if $0.chance(2) { x.n = 40_000 + $0.int(0...70) }
          return x
        },
        check: { c, isa in
          try expectSame(drawn(c, isa), drawn(c, isa, threads: 1), "\(c.threads) threads")
          return 0
        }),
      Claim(
        "instruction-sets", "every instruction set gives the same bits, fused or not",
        generate: { $0.randomCase(limit: 500) },
        check: { c, isa in
          for other in ISA.available where other != isa {
            try expectSame(drawn(c, isa), drawn(c, other), "\(isa) and \(other)")
          }
          return 0
        }),
      Claim(
        "guard-pages", "no call reads or writes a byte outside its buffers, at any alignment", weight: 2,
        generate: { $0.randomCase(limit: 1500) },
        check: { c, isa in
          let side: GuardedBuffer<T>.Side = c.flushLeft == 1 ? .left : .right
          let buffer = GuardedBuffer<T>(count: c.n, side: side, shift: c.shift)
          let x = input(c.n)
          for index in 0..<c.n { buffer.elements[index] = x[index] }
          // SAFETY: the buffer outlives the span.
          defer { withExtendedLifetime(buffer) {} }
          var out = unsafe buffer.elements.mutableSpan
          try draw(c, into: &out, isa)
          guard buffer.surroundingsAreIntact else { throw PropertyFailure("bytes around the buffer changed") }
          try expectSame(unsafe Array(buffer.elements), drawn(c, isa), "at this alignment")
          return 0
        }),
    ]
  }
}
