// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QColor>
#include <QObject>
#include <QPalette>

namespace nordlys::studio {

/// Steps of a colour scale, low to high, each with the ink (black or white) that reads best on it.
template <std::size_t Steps>
struct Ramp {
    std::array<QColor, Steps> step;
    std::array<QColor, Steps> ink;

    static constexpr int count = static_cast<int>(Steps);

    /// Step of a share in [0, 1]; values outside are clamped, NaN is the lowest step.
    [[nodiscard]] constexpr int indexOf(double share) const
    {
        if (!(share > 0.0)) {
            return 0;
        }
        return share >= 1.0 ? count - 1 : static_cast<int>(share * (count - 1) + 0.5);
    }
    [[nodiscard]] constexpr QColor at(int index) const { return step[static_cast<std::size_t>(clamped(index))]; }
    [[nodiscard]] constexpr QColor inkAt(int index) const { return ink[static_cast<std::size_t>(clamped(index))]; }

private:
    static constexpr int clamped(int index) { return index < 0 ? 0 : (index >= count ? count - 1 : index); }
};

/// Every colour of the studio. Nothing outside this file's tables names a colour by its value.
struct Theme {
    bool dark = true;
    QColor canvas;       ///< graph, plots, text fields
    QColor window;       ///< top bar, view tabs, status bar
    QColor surface;      ///< docks, tables
    QColor raised;       ///< headers, buttons, menus, group rows
    QColor zebra;        ///< every second row, only without grid lines
    QColor hover;        ///< rows and buttons under the pointer
    QColor border;       ///< separators
    QColor borderStrong; ///< outlines of buttons and nodes
    QColor control;      ///< outline of fields, edges, crosshair
    QColor text;         ///< values
    QColor text2;        ///< labels
    QColor text3;        ///< notes
    QColor disabled;     ///< only with the reason beside it or on hover
    QColor accent;       ///< links and the current tab
    QColor accentFill;   ///< primary button
    QColor accentInk;    ///< text of the primary button
    QColor selection;    ///< selected rows and ranges
    QColor selectionInk;
    QColor focus;        ///< focus ring, selected node, handles
    QColor ok;
    QColor okBg;
    QColor warn;
    QColor warnBg;
    QColor error;
    QColor errorBg;
    QColor estimate;
    QColor estimateBg;
    QColor htp;
    QColor gpu;
    QColor cpu;
    Ramp<8> timeRamp;
    Ramp<8> errorRamp;
    Ramp<7> deltaRamp; ///< faster to slower
};

extern const Theme darkTheme;
extern const Theme lightTheme;

/// The theme in use. GUI thread only; the reference stays valid, its colours do not follow a switch.
const Theme& theme();

enum class ThemeMode {
    Dark,
    Light,
    System, ///< what the desktop's palette says: dark where its window is darker than its text
};

/// Owns the choice of theme and puts style, palette and fonts into the application.
class ThemeController : public QObject
{
    Q_OBJECT

public:
    /// The one controller. GUI thread only; created on first use, lives until the program ends.
    static ThemeController& instance();

    /// Installs StudioStyle, the fonts and the palette of `mode`. Call once after the QApplication exists.
    void install(ThemeMode mode);

    [[nodiscard]] ThemeMode mode() const { return m_mode; }
    /// Switches the theme of the running program; emits changed() only if the colours change.
    void setMode(ThemeMode mode);

Q_SIGNALS:
    /// The colours are different now. Widgets are repainted by Qt; listen only to what caches colours (icons, plots).
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    ThemeController() = default;
    void apply(bool dark);
    [[nodiscard]] bool wantsDark() const;

    ThemeMode m_mode = ThemeMode::Dark;
    bool m_installed = false;
    bool m_applying = false;
};

/// The palette of a theme, for all groups, so that dialogs and third-party widgets are right without a style sheet.
QPalette paletteOf(const Theme& colours);

/// WCAG 2 contrast ratio of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

} // namespace nordlys::studio
