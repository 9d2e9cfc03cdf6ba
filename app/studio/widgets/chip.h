// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include <studio/look/icons.h>

namespace nordlys::studio {

/// Background and ink of a chip; each kind has its own icon, so that colour is never the only sign.
enum class ChipKind {
    Neutral,  ///< raised, outline; info icon
    Ok,       ///< check
    Warn,     ///< triangle
    Error,    ///< octagon
    Estimate, ///< dashed outline; tilde
};

/// Judgement about a measurement. The words are chipText().
enum class Verdict { Trusted, Noisy, Throttled, FellBack, TooFew, Interrupted, Failed, Faster, Slower, Same, NotClear };

ChipKind chipKind(Verdict verdict);
QString chipText(Verdict verdict);
Icon chipIcon(ChipKind kind);
Icon chipIcon(Verdict verdict);
QColor chipInk(ChipKind kind);

/// Size of a chip with this text (height: metrics().chip).
QSize chipSize(const QString& text, bool withIcon = true);
/// Paints a chip left aligned and vertically centred in `rect`; too long text is elided in the middle. Returns its rectangle.
QRect paintChip(QPainter* painter, const QRect& rect, ChipKind kind, const QString& text, Icon icon, bool hovered = false,
                bool withIcon = true);

/// Icon and word on a coloured background. It takes focus and the hand cursor only where clickable.
class Chip : public QAbstractButton
{
    Q_OBJECT

public:
    explicit Chip(QWidget* parent = nullptr);
    Chip(ChipKind kind, const QString& text, QWidget* parent = nullptr);
    explicit Chip(Verdict verdict, QWidget* parent = nullptr);

    void setKind(ChipKind kind);
    void setVerdict(Verdict verdict);
    void setChipIcon(Icon icon);
    void setIconVisible(bool visible);
    /// A clickable chip opens the reasons: connect clicked().
    void setClickable(bool clickable);
    /// A small cross at the right that emits closeRequested (workspace chips: range, run, selection).
    void setClosable(bool closable);
    [[nodiscard]] ChipKind kind() const { return m_kind; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void closeRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect closeRect() const;

    ChipKind m_kind = ChipKind::Neutral;
    Icon m_icon = Icon::Info;
    bool m_iconVisible = true;
    bool m_clickable = false;
    bool m_closable = false;
};

} // namespace nordlys::studio
