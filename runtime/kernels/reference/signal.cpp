// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "fourier.h"
#include "reference.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nordlys::runtime::reference {

namespace {

/// Longest transform: its table and buffers stay far from overflow.
constexpr std::int64_t maxTransform = std::int64_t(1) << 32;

/// Lines of a tensor (outer, length, inner, parts); parts: 1 real, 2 real and imaginary.
struct Lines {
    std::int64_t outer = 1, length = 1, inner = 1, parts = 1;
};

Lines linesOf(const core::Dims &dims, std::size_t axis)
{
    Lines lines;
    for (std::size_t i = 0; i + 1 < dims.size(); ++i)
        (i < axis ? lines.outer : i > axis ? lines.inner : lines.length) *= dims[i];
    lines.parts = dims.back();
    return lines;
}

core::Expected<std::int64_t> dftAxis(const KernelCall &call)
{
    if (call.opset < 20)
        return call.intAttribute("axis", 1);
    if (!call.hasInput(2))
        return -2;
    const auto axis = call.constantInts(2);
    if (!axis || axis->size() != 1)
        return call.needsValues("axes");
    return (*axis)[0];
}

/// ONNX DFT-17 and DFT-20. The transform has the length of the output; a one-sided inverse has it too, a one-sided forward one that of dft_length or the input.
core::Expected<BoundKernel> bindDft(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    auto stated = dftAxis(call);
    NORDLYS_TRY(stated);
    const auto axis = normalizedAxis(*stated, x.rank());
    if (!axis || *axis + 1 == x.rank() || y.rank() != x.rank() || x.dtype != y.dtype)
        return call.broken("the axis lies outside the signal, or the output has another type or number of dimensions");
    const bool inverse = call.intAttribute("inverse", 0) != 0, oneSided = call.intAttribute("onesided", 0) != 0;
    const Lines in = linesOf(x.dims, *axis), out = linesOf(y.dims, *axis);
    if (in.parts != 1 && in.parts != 2)
        return call.broken("the last dimension holds neither one real nor real and imaginary parts");
    std::int64_t n = oneSided && inverse ? 2 * (in.length - 1) : in.length;
    if (call.hasInput(1)) {
        const auto length = call.constantInts(1);
        if (!length || length->size() != 1)
            return call.needsValues("transform lengths");
        n = (*length)[0];
    }
    core::Dims expected = x.dims;
    expected[*axis] = oneSided && !inverse ? n / 2 + 1 : n;
    expected.back() = oneSided && inverse ? 1 : 2;
    if (n < 1 || n > maxTransform || expected != y.dims)
        return call.broken("the transform has no length, or the output's shape is not " + core::shapeText(expected));
    const Fourier fourier(n);
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [=](const KernelRun &run) -> KernelStatus {
            using C = ComputeOf<T>;
            fourier.prepare(run.scratch, inverse);
            std::complex<double> *signal = fourier.in(run.scratch);
            const std::complex<double> *spectrum = fourier.out(run.scratch);
            const double factor = inverse ? 1 / static_cast<double>(n) : 1;
            for (std::int64_t line = 0; line < in.outer * in.inner; ++line) {
                const std::int64_t o = line / in.inner, i = line % in.inner;
                const T *from = run.input<T>(0) + (o * in.length * in.inner + i) * in.parts;
                for (std::int64_t t = 0; t < n; ++t) {
                    const T *value = from + t * in.inner * in.parts;
                    const bool inside = t < in.length;
                    signal[t] = {inside ? static_cast<double>(static_cast<C>(value[0])) : 0.0,
                                 inside && in.parts == 2 ? static_cast<double>(static_cast<C>(value[1])) : 0.0};
                }
                // The other half of a spectrum that belongs to a real signal.
                for (std::int64_t t = n / 2 + 1; oneSided && inverse && t < n; ++t)
                    signal[t] = std::conj(signal[n - t]);
                fourier.run(run.scratch);
                T *to = run.output<T>(0) + (o * out.length * out.inner + i) * out.parts;
                for (std::int64_t k = 0; k < out.length; ++k) {
                    to[k * out.inner * out.parts] = static_cast<T>(spectrum[k].real() * factor);
                    if (out.parts == 2)
                        to[k * out.inner * out.parts + 1] = static_cast<T>(spectrum[k].imag() * factor);
                }
            }
            return nullptr;
        });
        kernel.scratchBytes = [fourier](int) { return fourier.scratchBytes(); };
        return kernel;
    });
}

/// ONNX STFT-17: frames of the signal, times the window, transformed.
core::Expected<BoundKernel> bindStft(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto step = call.constantInts(1);
    if (!step || step->size() != 1)
        return call.needsValues("frame steps");
    if (x.rank() < 2 || x.rank() > 3 || (x.rank() == 3 && x.dims[2] != 1 && x.dims[2] != 2) || x.dtype != y.dtype || y.rank() != 4)
        return call.broken("the signal is not batch, length, 1 or 2, or the output has not 4 dimensions of its type");
    std::int64_t length = call.hasInput(2) && call.inputs[2].rank() == 1 ? call.inputs[2].dims[0] : 0;
    if (call.hasInput(3)) {
        const auto stated = call.constantInts(3);
        if (!stated || stated->size() != 1)
            return call.needsValues("frame lengths");
        length = (*stated)[0];
    }
    if (call.hasInput(2) && (call.inputs[2].dims != core::Dims{length} || call.inputs[2].dtype != x.dtype))
        return call.broken("the window has not frame_length values of the signal's type");
    const bool oneSided = call.intAttribute("onesided", 1) != 0;
    const std::int64_t samples = x.dims[1], hop = (*step)[0], parts = x.rank() == 3 ? x.dims[2] : 1;
    if (length < 1 || length > maxTransform || hop < 1 || length > samples)
        return call.broken("frame_step or frame_length is below 1, or a frame is longer than the signal");
    const std::int64_t frames = (samples - length) / hop + 1, bins = oneSided ? length / 2 + 1 : length;
    const core::Dims expected{x.dims[0], frames, bins, 2};
    if (y.dims != expected)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    const Fourier fourier(length);
    return dispatchFloat(call, x.dtype, [&, hasWindow = call.hasInput(2)](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [=, batch = x.dims[0]](const KernelRun &run) -> KernelStatus {
            using C = ComputeOf<T>;
            fourier.prepare(run.scratch, false);
            std::complex<double> *signal = fourier.in(run.scratch);
            const std::complex<double> *spectrum = fourier.out(run.scratch);
            T *to = run.output<T>(0);
            for (std::int64_t frame = 0; frame < batch * frames; ++frame) {
                const T *from = run.input<T>(0) + (frame / frames * samples + frame % frames * hop) * parts;
                for (std::int64_t t = 0; t < length; ++t) {
                    const double weight = hasWindow ? static_cast<double>(static_cast<C>(run.input<T>(2)[t])) : 1.0;
                    signal[t] = {weight * static_cast<double>(static_cast<C>(from[t * parts])),
                                 parts == 2 ? weight * static_cast<double>(static_cast<C>(from[t * parts + 1])) : 0.0};
                }
                fourier.run(run.scratch);
                for (std::int64_t k = 0; k < bins; ++k) {
                    *to++ = static_cast<T>(spectrum[k].real());
                    *to++ = static_cast<T>(spectrum[k].imag());
                }
            }
            return nullptr;
        });
        kernel.scratchBytes = [fourier](int) { return fourier.scratchBytes(); };
        return kernel;
    });
}

/// a - b cos(2 pi n / N) + c cos(4 pi n / N), N being the size, or one less for a symmetric window (ONNX HannWindow-17 and its kin).
core::Expected<BoundKernel> bindWindow(const KernelCall &call, double a, double b, double c)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &y = call.outputs[0];
    const auto size = call.constantInts(0);
    if (!size)
        return call.needsValues("sizes");
    if (size->size() != 1 || y.dims != core::Dims{(*size)[0]})
        return call.broken("the output has not as many values as the input says");
    const std::int64_t count = (*size)[0], period = call.intAttribute("periodic", 1) != 0 ? count : count - 1;
    return dispatchNumber(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t i = 0; i < count; ++i) {
                const double angle = period > 0 ? 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(period) : std::numbers::pi;
                run.output<T>(0)[i] = static_cast<T>(a - b * std::cos(angle) + c * std::cos(2 * angle));
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindHann(const KernelCall &call)
{
    return bindWindow(call, 0.5, 0.5, 0);
}
core::Expected<BoundKernel> bindHamming(const KernelCall &call)
{
    return bindWindow(call, 25.0 / 46.0, 21.0 / 46.0, 0);
}
core::Expected<BoundKernel> bindBlackman(const KernelCall &call)
{
    return bindWindow(call, 0.42, 0.5, 0.08);
}

double numberAt(const TensorDesc &desc, const std::byte *data)
{
    switch (desc.dtype) {
    case core::DType::Float32: return static_cast<double>(*reinterpret_cast<const float *>(data));
    case core::DType::Float64: return *reinterpret_cast<const double *>(data);
    case core::DType::Float16: return static_cast<double>(core::floatFromHalf(*reinterpret_cast<const std::uint16_t *>(data)));
    case core::DType::BFloat16: return static_cast<double>(core::floatFromBFloat16(*reinterpret_cast<const std::uint16_t *>(data)));
    case core::DType::Int64: return static_cast<double>(*reinterpret_cast<const std::int64_t *>(data));
    default: return static_cast<double>(*reinterpret_cast<const std::int32_t *>(data));
    }
}

/// Triangles in the mel scale 2595 log10(1 + f / 700), their corners at whole bins (ONNX MelWeightMatrix-17).
template <typename T>
void melMatrix(std::int64_t bins, std::int64_t mels, std::int64_t dftLength, double rate, double low, double high, T *out)
{
    const auto melOf = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
    const double lowMel = melOf(low), step = (melOf(high) - lowMel) / static_cast<double>(mels + 2);
    const auto corner = [&](std::int64_t i) {
        const double hertz = 700 * (std::pow(10.0, (lowMel + static_cast<double>(i) * step) / 2595) - 1);
        const double bin = std::floor(static_cast<double>(dftLength + 1) * hertz / rate);
        return static_cast<std::int64_t>(std::clamp(bin, -1.0, static_cast<double>(bins)));
    };
    std::fill_n(out, bins * mels, T(0));
    for (std::int64_t m = 0; m < mels; ++m) {
        const std::int64_t left = corner(m), centre = corner(m + 1), right = corner(m + 2);
        const auto set = [&](std::int64_t bin, double value) {
            if (bin >= 0 && bin < bins)
                out[bin * mels + m] = static_cast<T>(value);
        };
        if (left == centre)
            set(centre, 1);
        for (std::int64_t j = left; left != centre && j <= centre; ++j)
            set(j, static_cast<double>(j - left) / static_cast<double>(centre - left));
        for (std::int64_t j = centre; j < right; ++j)
            set(j, static_cast<double>(right - j) / static_cast<double>(right - centre));
    }
}

core::Expected<BoundKernel> bindMelWeightMatrix(const KernelCall &call)
{
    NORDLYS_TRY(call.require(5));
    const TensorDesc &y = call.outputs[0];
    const auto mels = call.constantInts(0), length = call.constantInts(1);
    if (!mels || !length)
        return call.needsValues("sizes");
    for (std::size_t i = 0; i < 5; ++i) {
        const core::DType type = call.inputs[i].dtype;
        const bool isWhole = type == core::DType::Int32 || type == core::DType::Int64;
        const bool isReal = type == core::DType::Float64 || type == core::DType::Float32 || type == core::DType::Float16 || type == core::DType::BFloat16;
        if (call.inputs[i].elementCount() != 1 || (i < 3 ? !isWhole : !isReal))
            return call.broken("input " + std::to_string(i) + " is no single " + (i < 3 ? "int32 or int64" : "floating-point number"));
    }
    const std::int64_t bins = (*length)[0] / 2 + 1;
    if ((*length)[0] < 0 || y.dims != core::Dims{bins, (*mels)[0]})
        return call.broken("the output's shape is not " + core::shapeText(core::Dims{bins, (*mels)[0]}));
    return dispatchNumber(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=, descs = call.inputs](const KernelRun &run) -> KernelStatus {
            const double rate = numberAt(descs[2], run.input<std::byte>(2)), low = numberAt(descs[3], run.input<std::byte>(3)),
                         high = numberAt(descs[4], run.input<std::byte>(4));
            if (!(rate > 0) || !(low >= 0) || !(high >= low) || !std::isfinite(high))
                return "sample_rate is not above 0, or the edges are not in order";
            melMatrix(bins, (*mels)[0], (*length)[0], rate, low, high, run.output<T>(0));
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "DFT", 17, bindDft, false},
    {"", "STFT", 17, bindStft, false},
    {"", "HannWindow", 17, bindHann, false},
    {"", "HammingWindow", 17, bindHamming, false},
    {"", "BlackmanWindow", 17, bindBlackman, false},
    {"", "MelWeightMatrix", 17, bindMelWeightMatrix, false},
};

} // namespace

std::span<const KernelEntry> signalKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
