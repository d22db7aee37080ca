// What follows from the geometry of a convolution, and whether it makes sense.
#include "conv/problem.h"

#include <stdint.h>

#include "gemm/check.h"
#include "gemm/chunks.h"

// The names of a field along each axis, for faults.
struct field {
  const char *names[3];
};

static const struct field input_field = {{"input depth", "input height", "input width"}};
static const struct field kernel_field = {{"kernel depth", "kernel height", "kernel width"}};
static const struct field stride_field = {{"stride depth", "stride height", "stride width"}};
static const struct field dilation_field = {{"dilation depth", "dilation height", "dilation width"}};
static const struct field padding_field = {{"padding depth", "padding height", "padding width"}};
static const struct field output_padding_field = {
    {"output padding depth", "output padding height", "output padding width"}};
static const struct field output_field = {{"output depth", "output height", "output width"}};

static ck_status check_least(const struct field *field, const ptrdiff_t values[3], ptrdiff_t least, ck_fault *fault) {
  for (int i = 0; i < 3; ++i)
    if (values[i] < least) return ck_fail(fault, CK_BAD_ARGUMENT, field->names[i], least, values[i]);
  return CK_OK;
}

static ck_status check_fields(const ck_conv *g, ck_fault *fault) {
  if (g->batch < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "batch", 0, g->batch);
  if (g->groups < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "groups", 1, g->groups);
  if (g->channels < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "channels", 1, g->channels);
  if (g->filters < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "filters", 1, g->filters);
  if (g->channels % g->groups != 0)
    return ck_fail(fault, CK_BAD_ARGUMENT, "groups of channels", g->channels, g->groups);
  if (g->filters % g->groups != 0) return ck_fail(fault, CK_BAD_ARGUMENT, "groups of filters", g->filters, g->groups);
  if (g->layout != CK_CHANNELS_LAST && g->layout != CK_CHANNELS_FIRST)
    return ck_fail(fault, CK_BAD_ARGUMENT, "layout", CK_CHANNELS_FIRST, g->layout);
  if (g->weights != CK_FILTERS_FIRST && g->weights != CK_FILTERS_LAST)
    return ck_fail(fault, CK_BAD_ARGUMENT, "weight layout", CK_FILTERS_LAST, g->weights);
  ck_status status = check_least(&input_field, g->input, 0, fault);
  if (status == CK_OK) status = check_least(&kernel_field, g->kernel, 1, fault);
  if (status == CK_OK) status = check_least(&stride_field, g->stride, 1, fault);
  if (status == CK_OK) status = check_least(&dilation_field, g->dilation, 1, fault);
  if (status == CK_OK) status = check_least(&padding_field, g->pad_before, 0, fault);
  return status == CK_OK ? check_least(&output_padding_field, g->output_padding, 0, fault) : status;
}

// What a size may be at most, so that sums of a few of them cannot overflow; and a kernel along one axis, so that its
// elements may be walked through.
static const ptrdiff_t LARGEST = PTRDIFF_MAX / 16, LARGEST_KERNEL = 1 << 24;

// *product <- the product, or PTRDIFF_MAX where that is less; whether it is at most LARGEST.
static bool multiply(ptrdiff_t *product, ptrdiff_t factor) {
  if (__builtin_mul_overflow(*product, factor, product)) *product = PTRDIFF_MAX;
  return *product <= LARGEST;
}

static ck_status measure_axis(const ck_conv *g, int i, ptrdiff_t *output, ck_fault *fault) {
  ptrdiff_t reach = g->kernel[i] - 1, span = g->input[i] - 1;
  if (g->input[i] > LARGEST) return ck_fail(fault, CK_OVERFLOW, input_field.names[i], LARGEST, g->input[i]);
  if (g->pad_before[i] > LARGEST) return ck_fail(fault, CK_OVERFLOW, padding_field.names[i], LARGEST, g->pad_before[i]);
  if (g->pad_after[i] > LARGEST || g->pad_after[i] < -LARGEST)
    return ck_fail(fault, CK_OVERFLOW, padding_field.names[i], LARGEST, g->pad_after[i]);
  if (g->kernel[i] > LARGEST_KERNEL)
    return ck_fail(fault, CK_OVERFLOW, kernel_field.names[i], LARGEST_KERNEL, g->kernel[i]);
  if (!multiply(&reach, g->dilation[i]))
    return ck_fail(fault, CK_OVERFLOW, dilation_field.names[i], LARGEST / (g->kernel[i] - 1), g->dilation[i]);
  if (!g->transposed) {
    const ptrdiff_t room = g->input[i] + g->pad_before[i] + g->pad_after[i] - (reach + 1);
    if (g->output_padding[i] != 0)
      return ck_fail(fault, CK_BAD_ARGUMENT, output_padding_field.names[i], 0, g->output_padding[i]);
    *output = room < 0 ? 0 : room / g->stride[i] + 1;
  } else {
    const ptrdiff_t most = g->stride[i] > g->dilation[i] ? g->stride[i] : g->dilation[i];
    if (g->output_padding[i] >= most)
      return ck_fail(fault, CK_BAD_ARGUMENT, output_padding_field.names[i], most - 1, g->output_padding[i]);
    if (!multiply(&span, g->stride[i]))
      return ck_fail(fault, CK_OVERFLOW, stride_field.names[i], LARGEST / (g->input[i] - 1), g->stride[i]);
    *output = g->input[i] == 0 ? 0 : span + reach + 1 - g->pad_before[i] - g->pad_after[i] + g->output_padding[i];
  }
  return *output < 1 ? ck_fail(fault, CK_BAD_ARGUMENT, output_field.names[i], 1, *output) : CK_OK;
}

// Pairs of an output and a tap along one axis that meet an element of the input.
static int64_t inner_pairs(const ck_conv *g, int i, ptrdiff_t output) {
  int64_t pairs = 0;
  const ptrdiff_t wide = g->transposed ? output : g->input[i], narrow = g->transposed ? g->input[i] : output;
  for (ptrdiff_t t = 0; t < g->kernel[i]; ++t) {  // o stride + t dilation - pad_before within 0 ..< wide
    const ptrdiff_t offset = t * g->dilation[i] - g->pad_before[i], s = g->stride[i];
    const ptrdiff_t first = offset >= 0 ? 0 : (-offset + s - 1) / s;
    const ptrdiff_t end = wide <= offset ? 0 : (wide - offset + s - 1) / s;
    if (end > first) pairs += (end < narrow ? end : narrow) > first ? (end < narrow ? end : narrow) - first : 0;
  }
  return pairs;
}

ck_status ck_conv_measure(const ck_conv *g, ck_conv_figures *figures, ck_fault *fault) {
  ck_status status = check_fields(g, fault);
  for (int i = 0; i < 3 && status == CK_OK; ++i) status = measure_axis(g, i, &figures->output[i], fault);
  if (status != CK_OK) return status;
  ptrdiff_t x = g->channels, w = g->filters, y = g->filters;
  ptrdiff_t all = 1, inner = 1;
  bool fits = multiply(&x, g->batch) && multiply(&y, g->batch) && multiply(&w, g->channels / g->groups);
  for (int i = 0; i < 3 && fits; ++i)
    fits = multiply(&x, g->input[i]) && multiply(&w, g->kernel[i]) && multiply(&y, figures->output[i]) &&
           multiply(&all, g->transposed ? g->input[i] : figures->output[i]);
  if (!fits) return ck_fail(fault, CK_OVERFLOW, "elements", LARGEST, max(max(x, w), max(y, all)));
  for (int i = 0; i < 3 && fits; ++i) fits = multiply(&inner, inner_pairs(g, i, figures->output[i]));
  ptrdiff_t channels = w;
  for (int i = 0; i < 3; ++i) channels /= g->kernel[i];
  fits =
      fits && multiply(&all, w) && multiply(&all, g->batch) && multiply(&inner, channels) && multiply(&inner, g->batch);
  if (!fits) return ck_fail(fault, CK_OVERFLOW, "products", LARGEST, max(all, inner));
  figures->x_count = x, figures->w_count = w, figures->y_count = y;
  figures->products = all, figures->inner_products = inner;
  return CK_OK;
}

// floor(a / b), b > 0.
static __int128 floor_div(__int128 a, __int128 b) { return a / b - (a % b < 0); }

static ptrdiff_t clamped(__int128 a) {
  return (ptrdiff_t)(a > PTRDIFF_MAX ? PTRDIFF_MAX : a < PTRDIFF_MIN ? PTRDIFF_MIN : a);
}

void ck_conv_receptive_field(const ck_conv *g, int axis, ptrdiff_t first, ptrdiff_t last, ptrdiff_t *in_first,
                             ptrdiff_t *in_last) {
  const __int128 reach = g->dilation[axis] * (g->kernel[axis] - 1), s = g->stride[axis], pad = g->pad_before[axis];
  *in_first = clamped(g->transposed ? -floor_div(reach - pad - first, s) : first * s - pad);
  *in_last = clamped(g->transposed ? floor_div(last + pad, s) : last * s - pad + reach);
}

ck_status ck_conv_adjoint(const ck_conv *g, ck_conv *adjoint, ck_fault *fault) {
  ck_conv_figures figures;
  const ck_status status = ck_conv_measure(g, &figures, fault);
  if (status != CK_OK) return status;
  ck_conv a = *g;
  a.channels = g->filters, a.filters = g->channels;
  a.transposed = !g->transposed;
  for (int i = 0; i < 3; ++i) {
    const ptrdiff_t reach = g->dilation[i] * (g->kernel[i] - 1) + 1;
    a.input[i] = figures.output[i];
    a.output_padding[i] = 0;
    if (a.transposed)
      a.output_padding[i] =
          g->input[i] - ((a.input[i] - 1) * g->stride[i] + reach - g->pad_before[i] - g->pad_after[i]);
    else if (g->output_padding[i] >= g->stride[i])  // a whole step of it, which no element of the input reaches
      a.pad_after[i] -= g->output_padding[i];
  }
  *adjoint = a;
  return CK_OK;
}

ptrdiff_t conv_taps(const struct conv_problem *p) { return p->axis[0].taps * p->axis[1].taps * p->axis[2].taps; }

ptrdiff_t conv_positions(const struct conv_problem *p) { return p->axis[0].out * p->axis[1].out * p->axis[2].out; }

static struct conv_strides strides_of(const ck_conv *g, ptrdiff_t channels, const ptrdiff_t size[3]) {
  const bool last = g->layout == CK_CHANNELS_LAST;
  const ptrdiff_t pixel = last ? channels : 1, positions = size[0] * size[1] * size[2];
  const ptrdiff_t channel = last ? 1 : positions;
  return (struct conv_strides){.image = channels * positions,
                               .group = channels / g->groups * channel,
                               .channel = channel,
                               .axis = {size[1] * size[2] * pixel, size[2] * pixel, pixel}};
}

// Outer and inner are the two dimensions of the layout as the forward convolution names them: filters and channels.
static struct conv_weights weights_of(const ck_conv *g) {
  const ptrdiff_t outer = g->transposed ? g->channels : g->filters;
  const ptrdiff_t inner = (g->transposed ? g->filters : g->channels) / g->groups;
  const ptrdiff_t taps = g->kernel[0] * g->kernel[1] * g->kernel[2];
  const bool first = g->weights == CK_FILTERS_FIRST;
  const ptrdiff_t outer_stride = first ? inner * taps : 1, inner_stride = first ? taps : outer;
  const ptrdiff_t tap = first ? 1 : inner * outer;
  struct conv_weights w = {
      .group = outer / g->groups * outer_stride,
      .filter = g->transposed ? inner_stride : outer_stride,
      .channel = g->transposed ? outer_stride : inner_stride,
      .axis = {g->kernel[1] * g->kernel[2] * tap, g->kernel[2] * tap, tap},
  };
  for (int i = 0; i < 3; ++i)
    if (g->flipped != g->transposed) {  // backwards: tap t is the kernel's element kernel - 1 - t
      w.origin += (g->kernel[i] - 1) * w.axis[i];
      w.axis[i] = -w.axis[i];
    }
  return w;
}

struct conv_problem conv_problem_of(const ck_conv *g, const ck_conv_figures *figures) {
  struct conv_problem p = {.batch = g->batch,
                           .groups = g->groups,
                           .channels = g->channels / g->groups,
                           .filters = g->filters / g->groups,
                           .x = strides_of(g, g->channels, g->input),
                           .y = strides_of(g, g->filters, figures->output),
                           .w = weights_of(g)};
  for (int i = 0; i < 3; ++i)
    p.axis[i] = (struct conv_axis){
        .in = g->input[i],
        .out = figures->output[i],
        .taps = g->kernel[i],
        .step = g->transposed ? 1 : g->stride[i],
        .dilation = g->dilation[i],
        .pad = g->transposed ? g->dilation[i] * (g->kernel[i] - 1) - g->pad_before[i] : g->pad_before[i],
        .up = g->transposed ? g->stride[i] : 1,
    };
  return p;
}

const char *ck_conv_algorithm_name(ck_conv_algorithm algorithm) {
  static const char *const names[CK_CONV_ALGORITHM_COUNT] = {
      [CK_CONV_AUTOMATIC] = "automatic",   [CK_CONV_DIRECT] = "direct",   [CK_CONV_WINOGRAD_2] = "winograd-2",
      [CK_CONV_WINOGRAD_4] = "winograd-4", [CK_CONV_GROUPED] = "grouped",
  };
  return algorithm >= 0 && algorithm < CK_CONV_ALGORITHM_COUNT ? names[algorithm] : NULL;
}
