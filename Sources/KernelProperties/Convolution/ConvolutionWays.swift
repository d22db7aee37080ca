import Kernels

extension ConvolutionCase {
  /// A geometry for each way that direct and grouped convolution go, on every instruction set: what a random small one
  /// seldom takes.
  static let ways: [ConvolutionCase] = direct + channelsFirst + depthwise + groups

  /// The same with values of another kind.
  static func ways(fill: Int) -> [ConvolutionCase] {
    ways.map {
      var x = $0
      x.fill = fill
      return x
    }
  }

  /// Channels last, one group.
  private static let direct = [
    // A table of outputs and taps, borders and interior; more rows than a tile of one vector of filters has.
    way(channels: 17, filters: 3, input: 7, kernel: 3, pad: 1),
    // One tap, of all pixels as one row: tiles of several vectors, the last not full, and of one.
    way(channels: 9, filters: 21, input: 8, kernel: 1),
    way(channels: 9, filters: 4, input: 9, kernel: 1),
    // Few channels: the taps along the width are one, rows have no table.
    way(channels: 3, filters: 19, input: 7, kernel: 3, pad: 1),
    way(channels: 3, filters: 17, input: 11, kernel: 5, stride: 2, pad: 2),
    // Few channels and few filters: vectors of neighbouring outputs.
    way(channels: 2, filters: 7, input: 9, kernel: 3, pad: 1),
    // Few channels whose taps lie apart: a copy, and a table of it.
    way(channels: 3, filters: 18, input: 7, kernel: 3, dilation: 2, pad: 2),
  ]

  /// Channels first.
  private static let channelsFirst = [
    // One tap on planes of whole panels for any number of lanes: weights and x as they lie.
    way(channels: 5, filters: 9, input: 16, height: 12, kernel: 1, first: true),
    // One tap on planes of none, and several taps: copied channels last.
    way(channels: 6, filters: 5, input: 7, kernel: 1, first: true),
    way(channels: 17, filters: 3, input: 6, kernel: 3, pad: 1, first: true),
    // Few channels by rows, whole and taken apart.
    way(channels: 2, filters: 7, input: 19, height: 4, kernel: 3, pad: 1, first: true),
    way(channels: 3, filters: 2, input: 37, height: 5, kernel: 5, stride: 2, pad: 2, first: true),
    // Depthwise: rows as they lie, of strips beside the borders and between them, of one vector, and of less.
    way(groups: 9, input: 85, height: 3, kernel: 3, pad: 1, first: true),
    way(groups: 2, input: 9, height: 6, kernel: 5, pad: 2, first: true),
    way(groups: 11, input: 14, kernel: 3, stride: 2, pad: 1, first: true),
    way(groups: 3, input: 83, height: 5, kernel: 5, stride: 2, pad: 2, first: true),
    way(groups: 2, input: 113, height: 112, kernel: 3, pad: 1, first: true),
    // Any other, long rows as those of few channels, short ones transposed.
    way(groups: 5, input: 23, height: 5, kernel: 3, pad: 2, first: true),
    way(groups: 37, input: 5, kernel: 3, pad: 1, first: true),
  ]

  /// Channels last, several groups.
  private static let groups = [
    // Groups that share the table of a block, and those whose taps along the width are one.
    way(groups: 3, channels: 16, filters: 5, input: 4, kernel: 2),
    way(groups: 3, channels: 7, filters: 8, input: 5, kernel: 3, stride: 2, pad: 1),
    // Groups of four and of eight: a vector holds filters of several; more of them than weights stay in the cache.
    way(groups: 9, channels: 4, filters: 4, input: 5, kernel: 3, pad: 1),
    way(groups: 35, channels: 4, filters: 4, input: 6, height: 2, kernel: 3, pad: 1),
    way(groups: 9, channels: 8, filters: 8, input: 9, height: 3, kernel: 3, stride: 2, pad: 1),
  ]

  /// Channels last, groups of one channel: more of them than a vector has lanes, or fewer.
  private static let depthwise = [
    // Whole rows of x, pairs of rows of y and one alone, by four outputs and by three, with and without borders.
    way(groups: 19, input: 10, height: 7, kernel: 3, pad: 1),
    way(groups: 37, input: 7, height: 4, kernel: 3, pad: 1),
    way(groups: 18, input: 9, height: 5, kernel: 3),
    way(groups: 17, input: 3, height: 4, kernel: 3, pad: 2),
    // Of five outputs; both strides, wide kernels; less than a vector; outputs one by one.
    way(groups: 37, input: 5, height: 6, kernel: 3, pad: 1),
    way(groups: 19, input: 17, height: 7, kernel: 3, stride: 2, pad: 1),
    way(groups: 35, input: 9, height: 6, kernel: 5, stride: 2, pad: 2),
    way(groups: 18, input: 8, height: 5, kernel: 5, pad: 2),
    way(groups: 3, input: 9, height: 6, kernel: 3, pad: 1),
    way(groups: 19, input: 8, kernel: 3, dilation: 2, pad: 2),
  ]

  /// One 2-D geometry, `input` wide and high, with bias and ReLU.
  private static func way(
    groups: Int = 1, channels: Int = 1, filters: Int = 1, input: Int, height: Int? = nil, kernel: Int, stride: Int = 1,
    dilation: Int = 1, pad: Int = 0, first: Bool = false
  ) -> ConvolutionCase {
    var x = ConvolutionCase()
    (x.groups, x.channels, x.filters) = (groups, channels, filters)
    x.input = Axes(h: height ?? input, w: input)
    x.kernel = Axes(h: kernel, w: kernel)
    x.stride = Axes(h: stride, w: stride)
    x.dilation = Axes(h: dilation, w: dilation)
    x.before = Axes(d: 0, h: pad, w: pad)
    x.after = x.before
    x.channelsFirst = first ? 1 : 0
    (x.bias, x.activation, x.threads) = (1, 1, 2)
    return x
  }
}
