// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sqnr_curve.h"
#include "workspace.h"

#include <studio/jobs/job.h>

#include <runtime/quantization/channel_ranges.h>

#include <QList>

#include <map>
#include <memory>
#include <optional>
#include <tuple>

namespace nordlys::studio {

/// What is known of a tensor's values.
struct TensorValues {
    core::Histogram histogram;  ///< empty: its range is fixed, none was gathered
    std::shared_ptr<const HistogramCost> cost; ///< null where the histogram is empty
    double min = 0, max = 0;    ///< seen; of the whole tie group, whose values the histogram holds
    std::uint64_t values = 0;
    std::size_t samples = 0;    ///< 0: a constant
    bool isFolded = false;      ///< a constant, but not the file's: a BatchNormalization is multiplied in
    std::optional<runtime::ChannelRanges> channels; ///< of constants with a channel axis
};

/// Range that a method gives a tensor.
struct MethodRange {
    QString name;
    double min = 0, max = 0;
};

/// Values of the selected tensor for drawing: activations from the statistics of the calibration, constants from the model; ranges that methods
/// would choose; ranges per channel. What takes time runs as jobs; results are kept until the model or the calibration changes. GUI thread only.
class TensorHistogram : public QObject {
    Q_OBJECT

public:
    enum class State { Nothing, NeedsCalibration, Running, Ready, Failed };

    explicit TensorHistogram(Workspace &workspace, QObject *parent = nullptr);

    void setTensor(core::TensorId tensor);
    [[nodiscard]] core::TensorId tensor() const { return m_tensor; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString why() const { return m_why; } ///< one sentence, for Failed
    /// Null unless Ready.
    [[nodiscard]] const TensorValues *values() const { return m_values.get(); }
    /// The ranges that min-max, percentile and mse choose for this kind of grid; empty until they are computed, then changed() comes.
    [[nodiscard]] QList<MethodRange> methods(const core::RangeRule &rule);

    /// Null: not measured (activations), or the tensor has none.
    [[nodiscard]] const runtime::ChannelRanges *channels() const;
    /// Why measureChannels() would give nothing for this tensor; empty: it can be asked.
    [[nodiscard]] QString whyNoChannels() const;
    /// Runs the calibration samples once for the channels of every activation.
    void measureChannels();
    [[nodiscard]] JobBase &channelJob() { return m_channelJob; }
    [[nodiscard]] JobBase &valuesJob() { return m_valuesJob; }

Q_SIGNALS:
    void changed();

private:
    using MethodKey = std::tuple<core::TensorId, int, bool, bool, bool>; ///< group, bits, kinds of symmetry
    void forget(bool constantsToo);
    void load();
    void loadActivation(const core::QuantizableTensor &role);
    void loadConstant(const core::QuantizableTensor &role);
    void setState(State state, const QString &why = {});
    [[nodiscard]] core::TensorId groupOf(core::TensorId tensor) const;

    Workspace &m_workspace;
    core::TensorId m_tensor;
    State m_state = State::Nothing;
    QString m_why;
    std::shared_ptr<const TensorValues> m_values;
    std::map<core::TensorId, std::shared_ptr<const TensorValues>> m_constants, m_activations; ///< the latter by group
    std::map<MethodKey, QList<MethodRange>> m_methods;
    std::optional<MethodKey> m_pending;
    std::map<std::string, runtime::ChannelRanges, std::less<>> m_channels; ///< activations
    Job<core::Expected<runtime::WeightValues>> m_valuesJob;
    Job<QList<MethodRange>> m_methodJob;
    Job<core::Expected<runtime::MeasuredRanges>> m_channelJob;
};

} // namespace nordlys::studio
