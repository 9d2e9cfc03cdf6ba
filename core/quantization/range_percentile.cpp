// SPDX-License-Identifier: Apache-2.0
#include "range_methods.h"

namespace nordlys::core {

Range percentileRange(const Histogram &histogram, double percentile)
{
    double total = 0; // added in the loop's order, so that the last CDF is the total to the bit
    for (const double weight : histogram.weights)
        total += weight;
    // p/100 of the total, and what p leaves out of it: 100 - p has no rounding where 1 - p/100 has.
    const double below = total * (100 - percentile) / 100, above = total * (percentile / 100);
    std::size_t low = 0, high = histogram.bins() - 1;
    bool hasLow = false;
    double sum = 0;
    for (std::size_t i = 0; i < histogram.bins(); ++i) {
        sum += histogram.weights[i];
        if (!hasLow && sum > below) {
            low = i;
            hasLow = true;
        }
        if (sum >= above && sum > 0) {
            high = i;
            break;
        }
    }
    return {histogram.edge(hasLow ? low : high), histogram.edge(high + 1)};
}

} // namespace nordlys::core
