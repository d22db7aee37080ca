/// How the images of a batch lie in memory, dense.
public enum ImageLayout: Hashable, Sendable, CaseIterable {
  /// NHWC: batch, depth, height, width, channels.
  case channelsLast
  /// NCHW: batch, channels, depth, height, width.
  case channelsFirst
}
