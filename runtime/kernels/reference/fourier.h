// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

namespace nordlys::runtime::reference {

/// Discrete Fourier transform of `length` values (any length, at least 1), computed in double: out[k] = sum of in[t] * exp(-+2 pi i k t / length).
/// Length is taken apart into its prime factors (Cooley and Tukey 1965); a length with a large one is computed as a convolution whose length is a power of
/// two (Bluestein 1970), so that no length costs its square.
class Fourier {
public:
    explicit Fourier(std::int64_t length);

    [[nodiscard]] std::int64_t length() const { return m_length; }
    /// Memory that prepare and run need.
    [[nodiscard]] std::size_t scratchBytes() const
    {
        return static_cast<std::size_t>(m_padded > 0 ? 3 * m_length + 5 * m_padded : 4 * m_length) * sizeof(std::complex<double>);
    }
    /// Fills the table of roots, once before any number of transforms.
    void prepare(std::byte *scratch, bool inverse) const;
    /// Where the values go in, and where the result is after run.
    [[nodiscard]] std::complex<double> *in(std::byte *scratch) const { return roots(scratch) + m_length; }
    [[nodiscard]] std::complex<double> *out(std::byte *scratch) const { return roots(scratch) + 2 * m_length; }
    void run(std::byte *scratch) const;

private:
    [[nodiscard]] static std::complex<double> *roots(std::byte *scratch) { return reinterpret_cast<std::complex<double> *>(scratch); }
    void transform(std::byte *scratch, const std::complex<double> *in, std::int64_t stride, std::int64_t n, std::complex<double> *out) const;

    void convolve(std::byte *scratch) const;
    /// The convolution's values behind roots (here: the chirp), in and out: the filter's spectrum, then the scratch memory of the inner transform.
    [[nodiscard]] std::complex<double> *filter(std::byte *scratch) const { return roots(scratch) + 3 * m_length; }
    [[nodiscard]] std::byte *innerScratch(std::byte *scratch) const { return reinterpret_cast<std::byte *>(filter(scratch) + m_padded); }

    std::int64_t m_length, m_padded = 0; ///< m_padded: length of the convolution, 0 without
};

} // namespace nordlys::runtime::reference
