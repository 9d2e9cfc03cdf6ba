<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="nb_NO" sourcelanguage="en">
<context>
    <name>CalibrateDialog</name>
    <message>
        <source>Choose a folder with images, .npy, .pb or .raw files, or write random:SEED:N.</source>
        <translation>Velg en mappe med bilder eller .npy-, .pb- eller .raw-filer, eller skriv random:SEED:N.</translation>
    </message>
    <message>
        <source>There is no such folder or file.</source>
        <translation>Det finnes ingen slik mappe eller fil.</translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message>
        <source>1 edit</source>
        <translation>1 endring</translation>
    </message>
    <message>
        <source>%1 edits</source>
        <translation>%1 endringer</translation>
    </message>
    <message>
        <source>1 op</source>
        <translation>1 operator</translation>
    </message>
    <message>
        <source>%1 ops</source>
        <translation>%1 operatorer</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 lag</translation>
    </message>
    <message>
        <source>%1 layers</source>
        <translation>%1 lag</translation>
    </message>
    <message>
        <source>1 tensor</source>
        <translation>1 tensor</translation>
    </message>
    <message>
        <source>%1 tensors</source>
        <translation>%1 tensorer</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 tråd</translation>
    </message>
    <message>
        <source>%1 threads</source>
        <translation>%1 tråder</translation>
    </message>
    <message>
        <source>1 inference</source>
        <translation>1 inferens</translation>
    </message>
    <message>
        <source>%1 inferences</source>
        <translation>%1 inferenser</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 fil</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 filer</translation>
    </message>
    <message>
        <source>before %1</source>
        <translation>før %1</translation>
    </message>
    <message>
        <source>evaluated before %1</source>
        <translation>evaluert før %1</translation>
    </message>
    <message>
        <source>of run %1, before %2</source>
        <translation>fra kjøring %1, før %2</translation>
    </message>
</context>
<context>
    <name>EncodingEdits</name>
    <message>
        <source>This tensor has no encoding yet. Calibrate first.</source>
        <translation>Denne tensoren har ingen koding ennå. Kalibrer først.</translation>
    </message>
    <message>
        <source>The bias follows from the scales of its input and weight.</source>
        <translation>Skjevheten følger av skalaene til inngangen og vekten.</translation>
    </message>
    <message>
        <source>A float16 encoding has no grid.</source>
        <translation>En float16-koding har ikke noe rutenett.</translation>
    </message>
    <message>
        <source>Every channel has a grid of its own. Set the bit width, or calibrate per tensor.</source>
        <translation>Hver kanal har sitt eget rutenett. Sett bitbredden, eller kalibrer per tensor.</translation>
    </message>
    <message>
        <source>range</source>
        <translation>område</translation>
    </message>
    <message>
        <source>both ends must be finite numbers</source>
        <translation>begge ender må være endelige tall</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>must be 0 or less, because zero must have a code</source>
        <translation>må være 0 eller mindre, fordi null må ha en kode</translation>
    </message>
    <message>
        <source>max</source>
        <translation>maks</translation>
    </message>
    <message>
        <source>must be 0 or more, because zero must have a code</source>
        <translation>må være 0 eller mer, fordi null må ha en kode</translation>
    </message>
    <message>
        <source>min must be less than max</source>
        <translation>min må være mindre enn maks</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>biter</translation>
    </message>
    <message>
        <source>must be 4, 8 or 16</source>
        <translation>må være 4, 8 eller 16</translation>
    </message>
    <message>
        <source>value</source>
        <translation>verdi</translation>
    </message>
    <message>
        <source>must be a finite number</source>
        <translation>må være et endelig tall</translation>
    </message>
    <message>
        <source>must be less than 0 in a symmetric encoding</source>
        <translation>må være mindre enn 0 i en symmetrisk koding</translation>
    </message>
    <message>
        <source>is 0 in an unsigned symmetric encoding</source>
        <translation>er 0 i en symmetrisk koding uten fortegn</translation>
    </message>
    <message>
        <source>must be more than 0 in a symmetric encoding</source>
        <translation>må være større enn 0 i en symmetrisk koding</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>skala</translation>
    </message>
    <message>
        <source>must be more than 0</source>
        <translation>må være større enn 0</translation>
    </message>
    <message>
        <source>zero point</source>
        <translation>nullpunkt</translation>
    </message>
    <message>
        <source>must be a whole number from 0 to %1</source>
        <translation>må være et helt tall fra 0 til %1</translation>
    </message>
    <message>
        <source>is fixed in a symmetric encoding</source>
        <translation>er fast i en symmetrisk koding</translation>
    </message>
    <message>
        <source>none of the selected tensors has a bit width of its own</source>
        <translation>ingen av de valgte tensorene har en egen bitbredde</translation>
    </message>
    <message>
        <source>revert</source>
        <translation>tilbakestill</translation>
    </message>
    <message>
        <source>the selected tensors are as calibrated</source>
        <translation>de valgte tensorene er som kalibrert</translation>
    </message>
</context>
<context>
    <name>GraphHeatBuilder</name>
    <message>
        <source>fused</source>
        <translation>slått sammen</translation>
    </message>
    <message>
        <source>Fill: time, share of all layers</source>
        <translation>Fyll: tid, andel av alle lag</translation>
    </message>
    <message>
        <source>Fill: MACs, share of the model</source>
        <translation>Fyll: MAC, andel av modellen</translation>
    </message>
    <message>
        <source>Fill: weights, share of the model</source>
        <translation>Fyll: vekter, andel av modellen</translation>
    </message>
    <message>
        <source>Fill: SQNR, total, dB</source>
        <translation>Fyll: SQNR, samlet, dB</translation>
    </message>
    <message>
        <source>Border: SQNR, local, dB</source>
        <translation>Ramme: SQNR, lokal, dB</translation>
    </message>
    <message>
        <source>Border: SQNR, total, dB</source>
        <translation>Ramme: SQNR, samlet, dB</translation>
    </message>
    <message>
        <source>No run yet, so there are no times.</source>
        <translation>Ingen kjøring ennå, så det finnes ingen tider.</translation>
    </message>
    <message>
        <source>Not evaluated yet, so there are no errors.</source>
        <translation>Ikke evaluert ennå, så det finnes ingen feilverdier.</translation>
    </message>
</context>
<context>
    <name>GraphPainter</name>
    <message>
        <source> /ch %1</source>
        <translation> /kanal %1</translation>
    </message>
</context>
<context>
    <name>RecentRow</name>
    <message>
        <source>today %1</source>
        <translation>i dag %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>i går</translation>
    </message>
    <message>
        <source>file not found</source>
        <translation>filen finnes ikke</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>ikke kjørt</translation>
    </message>
</context>
<context>
    <name>RunLanes</name>
    <message>
        <source>Clock</source>
        <translation>Klokke</translation>
    </message>
    <message>
        <source>Utilisation</source>
        <translation>Belastning</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Minne</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Effekt</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Annet</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Hele kjøringen</translation>
    </message>
    <message>
        <source>latency, ms</source>
        <translation>ventetid, ms</translation>
    </message>
    <message>
        <source>Inference</source>
        <translation>Inferens</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>layers, %1</source>
        <translation>lag, %1</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>lag</translation>
    </message>
    <message>
        <source>the run was recorded without layer times</source>
        <translation>kjøringen ble tatt opp uten lagtider</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>the device reports no such counter</source>
        <translation>enheten melder ingen slik teller</translation>
    </message>
    <message>
        <source>p50 of run %1 n=%2</source>
        <translation>p50 for kjøringen %1 n=%2</translation>
    </message>
    <message>
        <source>Inference %1</source>
        <translation>Inferens %1</translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>trusted</source>
        <translation>pålitelig</translation>
    </message>
    <message>
        <source>noisy</source>
        <translation>støy</translation>
    </message>
    <message>
        <source>throttled</source>
        <translation>nedklokket</translation>
    </message>
    <message>
        <source>fell back</source>
        <translation>falt tilbake</translation>
    </message>
    <message>
        <source>too few</source>
        <translation>for få</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>avbrutt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>feilet</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>raskere</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>tregere</translation>
    </message>
    <message>
        <source>same</source>
        <translation>lik</translation>
    </message>
    <message>
        <source>not clear</source>
        <translation>uklart</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CalibrateDialog</name>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>One grid per output channel</source>
        <translation>Ett rutenett per utgangskanal</translation>
    </message>
    <message>
        <source>Symmetric activations</source>
        <translation>Symmetriske aktiveringer</translation>
    </message>
    <message>
        <source>Symmetric weights</source>
        <translation>Symmetriske vekter</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrer</translation>
    </message>
    <message>
        <source>automatic: size and channels of the model&apos;s input, 0 to 1</source>
        <translation>automatisk: størrelse og kanaler som modellens inngang, 0 til 1</translation>
    </message>
    <message>
        <source>min-max</source>
        <translation>min-maks</translation>
    </message>
    <message>
        <source>The range is the smallest to the largest value seen.</source>
        <translation>Området går fra minste til største verdi som ble sett.</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Innganger</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Eksempler</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>Forbehandling</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Metode</translation>
    </message>
    <message>
        <source>Activation bits</source>
        <translation>Biter for aktiveringer</translation>
    </message>
    <message>
        <source>Weight bits</source>
        <translation>Biter for vekter</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DockHeader</name>
    <message>
        <source>working</source>
        <translation>arbeider</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, %2 igjen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EncodingsModel</name>
    <message>
        <source>activation</source>
        <translation>aktivering</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>vekt</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>skjevhet</translation>
    </message>
    <message>
        <source>Name in the model</source>
        <translation>Navn i modellen</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Activation, weight or bias</source>
        <translation>Aktivering, vekt eller skjevhet</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Bits of a code: 4, 8 or 16 (biases 32)</source>
        <translation>Biter i en kode: 4, 8 eller 16 (skjevheter 32)</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Real value of the first code</source>
        <translation>Reell verdi for den første koden</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>Min</translation>
    </message>
    <message>
        <source>Real value of the last code</source>
        <translation>Reell verdi for den siste koden</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>Maks</translation>
    </message>
    <message>
        <source>Real distance of two codes: real = scale × (code − zero point)</source>
        <translation>Reell avstand mellom to koder: reell = skala × (kode − nullpunkt)</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Zero point: the code of zero</source>
        <translation>Nullpunkt: koden for null</translation>
    </message>
    <message>
        <source>Zero pt</source>
        <translation>Nullpkt</translation>
    </message>
    <message>
        <source>Symmetric around zero, or asymmetric</source>
        <translation>Symmetrisk om null, eller asymmetrisk</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Rutenett</translation>
    </message>
    <message>
        <source>Tensors that share one encoding; they change together</source>
        <translation>Tensorer som deler én koding; de endres sammen</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Smallest and largest value during calibration</source>
        <translation>Minste og største verdi under kalibreringen</translation>
    </message>
    <message>
        <source>Range seen</source>
        <translation>Sett område</translation>
    </message>
    <message>
        <source>Signal to quantization noise of this tensor&apos;s own rounding, inputs exact</source>
        <translation>Signal mot kvantiseringsstøy fra tensorens egen avrunding, med eksakte innganger</translation>
    </message>
    <message>
        <source>Local dB</source>
        <translation>Lokal dB</translation>
    </message>
    <message>
        <source>Signal to quantization noise with everything before it quantized too</source>
        <translation>Signal mot kvantiseringsstøy når også alt før den er kvantisert</translation>
    </message>
    <message>
        <source>Total dB</source>
        <translation>Samlet dB</translation>
    </message>
    <message>
        <source>Share of the values outside min to max</source>
        <translation>Andel av verdiene utenfor min til maks</translation>
    </message>
    <message>
        <source>Clip %</source>
        <translation>Klipp %</translation>
    </message>
    <message>
        <source>derived</source>
        <translation>avledet</translation>
    </message>
    <message>
        <source>%1 ch</source>
        <translation>%1 kan.</translation>
    </message>
    <message>
        <source>per ch</source>
        <translation>per kan.</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>The plan does not store this tensor.</source>
        <translation>Planen lagrer ikke denne tensoren.</translation>
    </message>
    <message>
        <source>Not evaluated yet.</source>
        <translation>Ikke evaluert ennå.</translation>
    </message>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EncodingsView</name>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>No tensors to encode. Open a model.</source>
        <translation>Ingen tensorer å kode. Åpne en modell.</translation>
    </message>
    <message>
        <source>Nothing changed: %1</source>
        <translation>Ingenting ble endret: %1</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Apply as one step</source>
        <translation>Bruk som ett steg</translation>
    </message>
    <message>
        <source>Revert to calibrated</source>
        <translation>Tilbake til kalibrert</translation>
    </message>
    <message>
        <source>set bits</source>
        <translation>sett biter</translation>
    </message>
    <message>
        <source>%1 bit for %2</source>
        <translation>%1 biter for %2</translation>
    </message>
    <message>
        <source>revert %1 to calibrated</source>
        <translation>tilbakestill %1 til kalibrert</translation>
    </message>
    <message>
        <source>The selected tensors are as calibrated.</source>
        <translation>De valgte tensorene er som kalibrert.</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 valgt</translation>
    </message>
    <message>
        <source>These encodings were imported, not calibrated here.</source>
        <translation>Disse kodingene ble importert, ikke kalibrert her.</translation>
    </message>
    <message>
        <source>calibrated, min-max, n=%1</source>
        <translation>kalibrert, min-maks, n=%1</translation>
    </message>
    <message>
        <source>encodings without calibration</source>
        <translation>kodinger uten kalibrering</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>ikke kalibrert</translation>
    </message>
    <message>
        <source>%1: SQNR %2</source>
        <translation>%1: SQNR %2</translation>
    </message>
    <message>
        <source>top-1 %1 float, %2 quantized, agreement %3</source>
        <translation>topp-1 %1 flyttall, %2 kvantisert, samsvar %3</translation>
    </message>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>Not evaluated yet. Evaluate shows the error of every tensor.</source>
        <translation>Ikke evaluert ennå. Evaluer viser feilen for hver tensor.</translation>
    </message>
    <message>
        <source>Calibrate gives every tensor its range and grid.</source>
        <translation>Kalibrer gir hver tensor et område og et rutenett.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ErrorBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Lukk</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EvaluateDialog</name>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Evaluer</translation>
    </message>
    <message>
        <source>none: errors without accuracy</source>
        <translation>ingen: feil uten treffsikkerhet</translation>
    </message>
    <message>
        <source>automatic: size and channels of the model&apos;s input, 0 to 1</source>
        <translation>automatisk: størrelse og kanaler som modellens inngang, 0 til 1</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Innganger</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Eksempler</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>Forbehandling</translation>
    </message>
    <message>
        <source>There is no such labels file.</source>
        <translation>Det finnes ingen slik fil med merker.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphCanvas</name>
    <message>
        <source>Graph</source>
        <translation>Graf</translation>
    </message>
    <message>
        <source>Arrow keys go from operator to operator. The layers table shows the same as rows.</source>
        <translation>Piltastene går fra operator til operator. Lagtabellen viser det samme som rader.</translation>
    </message>
    <message>
        <source>%1, output %2, CPU</source>
        <translation>%1, utgang %2, CPU</translation>
    </message>
    <message>
        <source>fused into %1</source>
        <translation>slått sammen med %1</translation>
    </message>
    <message>
        <source>%1 p50, %2 of all layers, n=%3, run %4</source>
        <translation>%1 p50, %2 av alle lag, n=%3, kjøring %4</translation>
    </message>
    <message>
        <source>SQNR %1 total, %2 local</source>
        <translation>SQNR %1 samlet, %2 lokal</translation>
    </message>
    <message>
        <source>p50, n=%1, run %2</source>
        <translation>p50, n=%1, kjøring %2</translation>
    </message>
    <message>
        <source>Segment 1 · CPU</source>
        <translation>Segment 1 · CPU</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphLegend</name>
    <message>
        <source>Click to change the metric</source>
        <translation>Klikk for å bytte måltall</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphMinimap</name>
    <message>
        <source>Overview of the graph</source>
        <translation>Oversikt over grafen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphView</name>
    <message>
        <source>Automatic</source>
        <translation>Automatisk</translation>
    </message>
    <message>
        <source>Time share</source>
        <translation>Tidsandel</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>SQNR, total</source>
        <translation>SQNR, samlet</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ingen</translation>
    </message>
    <message>
        <source>SQNR, local</source>
        <translation>SQNR, lokal</translation>
    </message>
    <message>
        <source>Encodings, shapes</source>
        <translation>Kodinger, former</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>Former</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Fyll</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>Ramme</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>Find op or tensor  /</source>
        <translation>Finn operator eller tensor  /</translation>
    </message>
    <message>
        <source>Find op or tensor</source>
        <translation>Finn operator eller tensor</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Tilpass</translation>
    </message>
    <message>
        <source>Show the whole graph (F)</source>
        <translation>Vis hele grafen (F)</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>ingenting funnet</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Inspector</name>
    <message>
        <source>Nothing open</source>
        <translation>Ingenting er åpent</translation>
    </message>
    <message>
        <source>Open a model to see its operators here.</source>
        <translation>Åpne en modell for å se operatorene her.</translation>
    </message>
    <message>
        <source>Select an operator or a tensor for details.</source>
        <translation>Velg en operator eller tensor for detaljer.</translation>
    </message>
    <message>
        <source>Operators</source>
        <translation>Operatorer</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parametere</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Producer</source>
        <translation>Laget av</translation>
    </message>
    <message>
        <source>Opset</source>
        <translation>Opset</translation>
    </message>
    <message>
        <source>Cannot run</source>
        <translation>Kan ikke kjøres</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Innganger</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>Utganger</translation>
    </message>
    <message>
        <source>Operator types</source>
        <translation>Operatortyper</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tid</translation>
    </message>
    <message>
        <source>no layer of its own</source>
        <translation>ikke noe eget lag</translation>
    </message>
    <message>
        <source>folded or removed</source>
        <translation>foldet eller fjernet</translation>
    </message>
    <message>
        <source>Fused into</source>
        <translation>Slått sammen med</translation>
    </message>
    <message>
        <source>Time p50</source>
        <translation>Tid p50</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Andel</translation>
    </message>
    <message>
        <source>of all layers</source>
        <translation>av alle lag</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kjerne</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>ikke kjørt ennå</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>Reads</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>aktiveringer</translation>
    </message>
    <message>
        <source>Writes</source>
        <translation>Skriver</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kostnad</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attributter</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Koding</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanaler</translation>
    </message>
    <message>
        <source>axis %1</source>
        <translation>akse %1</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Område</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>Nullpunkt</translation>
    </message>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>SQNR, local</source>
        <translation>SQNR, lokal</translation>
    </message>
    <message>
        <source>&lt; %1 dB</source>
        <translation>&lt; %1 dB</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Klippet</translation>
    </message>
    <message>
        <source>SQNR, total</source>
        <translation>SQNR, samlet</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>vekt</translation>
    </message>
    <message>
        <source>model input</source>
        <translation>modellinngang</translation>
    </message>
    <message>
        <source>model output</source>
        <translation>modellutgang</translation>
    </message>
    <message>
        <source>activation</source>
        <translation>aktivering</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Laget av</translation>
    </message>
    <message>
        <source>Read by</source>
        <translation>Leses av</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Range seen</source>
        <translation>Sett område</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrering</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Feil</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::JobStrip</name>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1 s left</source>
        <translation>%1 s igjen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::KeyValueGrid</name>
    <message>
        <source>Copy value</source>
        <translation>Kopier verdi</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Kopier alt</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LanePlot</name>
    <message>
        <source>range %1 %2</source>
        <translation>område %1 %2</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Not available: %1</source>
        <translation>Ikke tilgjengelig: %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LayersModel</name>
    <message>
        <source>Layer of the built model, or operator before a run</source>
        <translation>Lag i den bygde modellen, eller operator før en kjøring</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Operator, with what was fused into it</source>
        <translation>Operator, med det som ble slått sammen med den</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Kernel that the plan chose</source>
        <translation>Kjernen som planen valgte</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kjerne</translation>
    </message>
    <message>
        <source>Median time of one inference</source>
        <translation>Median tid for én inferens</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>95 % of the inferences are not slower</source>
        <translation>95 % av inferensene er ikke tregere</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>99 % of the inferences are not slower</source>
        <translation>99 % av inferensene er ikke tregere</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Share of the sum of all layers&apos; mean times</source>
        <translation>Andel av summen av alle lags middeltider</translation>
    </message>
    <message>
        <source>Share of time</source>
        <translation>Andel av tiden</translation>
    </message>
    <message>
        <source>Share of all multiplications; run the model to see times</source>
        <translation>Andel av alle multiplikasjoner; kjør modellen for å se tider</translation>
    </message>
    <message>
        <source>Share of MACs</source>
        <translation>Andel av MAC</translation>
    </message>
    <message>
        <source>Multiplications with addition in one inference</source>
        <translation>Multiplikasjoner med addisjon i én inferens</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Bytes of the weights that it reads</source>
        <translation>Byte med vekter som den leser</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>Shape of its first output</source>
        <translation>Formen på den første utgangen</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Utgang</translation>
    </message>
    <message>
        <source>Inferences behind the times</source>
        <translation>Inferenser bak tidene</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>n=%1, need %2</source>
        <translation>n=%1, trenger %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LayersPanel</name>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>No layers yet. Open a model or a recording.</source>
        <translation>Ingen lag ennå. Åpne en modell eller et opptak.</translation>
    </message>
    <message>
        <source>Layers in range</source>
        <translation>Lag i området</translation>
    </message>
    <message>
        <source>%1 of %2 layers</source>
        <translation>%1 av %2 lag</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>range %1</source>
        <translation>område %1</translation>
    </message>
    <message>
        <source>n=%1 inferences</source>
        <translation>n=%1 inferenser</translation>
    </message>
    <message>
        <source>no run yet: shares are of MACs</source>
        <translation>ingen kjøring ennå: andelene gjelder MAC</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MainWindow</name>
    <message>
        <source>Graph</source>
        <translation>Graf</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>This computer: %1</source>
        <translation>Denne datamaskinen: %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektør</translation>
    </message>
    <message>
        <source>Nordlys Studio</source>
        <translation>Nordlys Studio</translation>
    </message>
    <message>
        <source>%1[*] – Nordlys Studio</source>
        <translation>%1[*] – Nordlys Studio</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Ikke lagret</translation>
    </message>
    <message>
        <source>No changes</source>
        <translation>Ingen endringer</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Lagret</translation>
    </message>
    <message>
        <source>%1, 1 segment</source>
        <translation>%1, 1 segment</translation>
    </message>
    <message>
        <source>%1, %2 parameters, opened in %3, laid out in %4</source>
        <translation>%1, %2 parametere, åpnet på %3, tegnet på %4</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Åpne …</translation>
    </message>
    <message>
        <source>Open &amp;recording…</source>
        <translation>Åpne &amp;opptak …</translation>
    </message>
    <message>
        <source>Recordings (*.nrs)</source>
        <translation>Opptak (*.nrs)</translation>
    </message>
    <message>
        <source>Open the &amp;sample</source>
        <translation>Åpne &amp;eksempelet</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Lagre</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>Lagre &amp;som …</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>L&amp;ukk</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Avslutt</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Angre</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Gjør om</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>&amp;Finn</translation>
    </message>
    <message>
        <source>Filter all &amp;views</source>
        <translation>Filtrer alle &amp;visninger</translation>
    </message>
    <message>
        <source>&amp;Calibrate…</source>
        <translation>&amp;Kalibrer …</translation>
    </message>
    <message>
        <source>&amp;Evaluate…</source>
        <translation>&amp;Evaluer …</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importer …</translation>
    </message>
    <message>
        <source>Import encodings</source>
        <translation>Importer kodinger</translation>
    </message>
    <message>
        <source>Encodings (*.encodings *.json);;All files (*)</source>
        <translation>Kodinger (*.encodings *.json);;Alle filer (*)</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;ksporter …</translation>
    </message>
    <message>
        <source>Export encodings</source>
        <translation>Eksporter kodinger</translation>
    </message>
    <message>
        <source>Encodings (*.encodings *.json)</source>
        <translation>Kodinger (*.encodings *.json)</translation>
    </message>
    <message>
        <source>&amp;Revert to calibrated</source>
        <translation>&amp;Tilbake til kalibrert</translation>
    </message>
    <message>
        <source>&amp;Build…</source>
        <translation>&amp;Bygg …</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Kjør</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>200 inferences</source>
        <translation>200 inferenser</translation>
    </message>
    <message>
        <source>1000 inferences</source>
        <translation>1000 inferenser</translation>
    </message>
    <message>
        <source>10 000 inferences</source>
        <translation>10 000 inferenser</translation>
    </message>
    <message>
        <source>One minute</source>
        <translation>Ett minutt</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Tilbake</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Frem</translation>
    </message>
    <message>
        <source>&amp;Graph</source>
        <translation>&amp;Graf</translation>
    </message>
    <message>
        <source>&amp;Encodings</source>
        <translation>&amp;Kodinger</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>&amp;Tidslinje</translation>
    </message>
    <message>
        <source>&amp;Layers</source>
        <translation>&amp;Lag</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>&amp;Startside</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Zoom &amp;inn</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Zoom &amp;ut</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>Til&amp;pass</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Mørkt</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Lyst</translation>
    </message>
    <message>
        <source>As the &amp;desktop</source>
        <translation>Som &amp;skrivebordet</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>T&amp;ilbakestill oppsettet</translation>
    </message>
    <message>
        <source>&amp;Shortcuts</source>
        <translation>&amp;Snarveier</translation>
    </message>
    <message>
        <source>&amp;About Nordlys Studio</source>
        <translation>&amp;Om Nordlys Studio</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Fil</translation>
    </message>
    <message>
        <source>Open re&amp;cent</source>
        <translation>Åpne &amp;nylige</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Rediger</translation>
    </message>
    <message>
        <source>&amp;Quantize</source>
        <translation>K&amp;vantiser</translation>
    </message>
    <message>
        <source>&amp;Build</source>
        <translation>&amp;Bygg</translation>
    </message>
    <message>
        <source>&amp;Length of a run</source>
        <translation>&amp;Lengden på en kjøring</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>V&amp;is</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>Te&amp;ma</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hjelp</translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation>Ingenting åpnet ennå</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>The samples are not installed.</source>
        <translation>Eksemplene er ikke installert.</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Ingenting er åpent.</translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation>Ingenting å angre.</translation>
    </message>
    <message>
        <source>Nothing to redo.</source>
        <translation>Ingenting å gjøre om.</translation>
    </message>
    <message>
        <source>Calibration is running.</source>
        <translation>Kalibreringen pågår.</translation>
    </message>
    <message>
        <source>There are no encodings yet. Calibrate first.</source>
        <translation>Det finnes ingen kodinger ennå. Kalibrer først.</translation>
    </message>
    <message>
        <source>Evaluation is running.</source>
        <translation>Evalueringen pågår.</translation>
    </message>
    <message>
        <source>There are no encodings yet.</source>
        <translation>Det finnes ingen kodinger ennå.</translation>
    </message>
    <message>
        <source>Nothing was calibrated here.</source>
        <translation>Ingenting er kalibrert her.</translation>
    </message>
    <message>
        <source>A build is running.</source>
        <translation>En bygging pågår.</translation>
    </message>
    <message>
        <source>A run is under way.</source>
        <translation>En kjøring pågår.</translation>
    </message>
    <message>
        <source>Nothing runs.</source>
        <translation>Ingenting kjører.</translation>
    </message>
    <message>
        <source>No earlier view.</source>
        <translation>Ingen tidligere visning.</translation>
    </message>
    <message>
        <source>No later view.</source>
        <translation>Ingen senere visning.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Åpne</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Lagre prosjekt</translation>
    </message>
    <message>
        <source>Unsaved edits</source>
        <translation>Ulagrede endringer</translation>
    </message>
    <message>
        <source>Save the changes of %1?</source>
        <translation>Lagre endringene i %1?</translation>
    </message>
    <message>
        <source>Edits and runs since the last save are lost otherwise.</source>
        <translation>Endringer og kjøringer siden sist lagring går ellers tapt.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Lagre</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Forkast</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Folder for the artifacts</source>
        <translation>Mappe for byggeresultatene</translation>
    </message>
    <message>
        <source>About Nordlys Studio</source>
        <translation>Om Nordlys Studio</translation>
    </message>
    <message>
        <source>Nordlys Studio %1

A studio for neural networks on phones and boards.
Licence: GPL-3.0-or-later; its libraries: Apache-2.0.</source>
        <translation>Nordlys Studio %1

Et studio for nevrale nettverk på telefoner og kort.
Lisens: GPL-3.0-or-later; bibliotekene: Apache-2.0.</translation>
    </message>
    <message>
        <source>Graph: arrow keys select, + and − zoom, F fits, / searches, Enter centres.</source>
        <translation>Graf: piltastene velger, + og − zoomer, F tilpasser, / søker, Enter sentrerer.</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Snarveier</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::OpsModel</name>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>time</source>
        <translation>tid</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::OpsPanel</name>
    <message>
        <source>Operators of the model</source>
        <translation>Modellens operatorer</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PathField</name>
    <message>
        <source>Choose…</source>
        <translation>Velg …</translation>
    </message>
    <message>
        <source>Folder of samples</source>
        <translation>Mappe med eksempler</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>Labels (*.csv)</source>
        <translation>Merker (*.csv)</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ProjectKeeper</name>
    <message>
        <source>Opening</source>
        <translation>Åpner</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Lagrer</translation>
    </message>
    <message>
        <source>Models, projects, recordings (*.onnx *.nordlys *.nrs);;All files (*)</source>
        <translation>Modeller, prosjekter, opptak (*.onnx *.nordlys *.nrs);;Alle filer (*)</translation>
    </message>
    <message>
        <source>Nordlys projects (*.nordlys)</source>
        <translation>Nordlys-prosjekter (*.nordlys)</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>Åpner %1</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>Lagrer %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Quantizer</name>
    <message>
        <source>Calibrating</source>
        <translation>Kalibrerer</translation>
    </message>
    <message>
        <source>Evaluating</source>
        <translation>Evaluerer</translation>
    </message>
    <message>
        <source>Reading encodings</source>
        <translation>Leser kodinger</translation>
    </message>
    <message>
        <source>calibrate, min-max, n=%1</source>
        <translation>kalibrer, min-maks, n=%1</translation>
    </message>
    <message>
        <source>no entry belongs to a tensor of this model</source>
        <translation>ingen oppføring hører til en tensor i denne modellen</translation>
    </message>
    <message>
        <source>Choose the encodings of this model.</source>
        <translation>Velg kodingene for denne modellen.</translation>
    </message>
    <message>
        <source>%1: %2 entries matched, %3 missing, %4 of no tensor, %5 repaired</source>
        <translation>%1: %2 oppføringer passet, %3 mangler, %4 uten tensor, %5 reparert</translation>
    </message>
    <message>
        <source>import encodings</source>
        <translation>importer kodinger</translation>
    </message>
    <message>
        <source>Writing encodings</source>
        <translation>Skriver kodinger</translation>
    </message>
    <message>
        <source>%1 written, %2 entries</source>
        <translation>%1 skrevet, %2 oppføringer</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RangeBar</name>
    <message>
        <source>Encoded range and range seen</source>
        <translation>Kodet område og sett område</translation>
    </message>
    <message>
        <source>encoded</source>
        <translation>kodet</translation>
    </message>
    <message>
        <source>seen</source>
        <translation>sett</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Runner</name>
    <message>
        <source>Building</source>
        <translation>Bygger</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Kjører</translation>
    </message>
    <message>
        <source>Built %1 in %2</source>
        <translation>Bygde %1 i %2</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Denne datamaskinen</translation>
    </message>
    <message>
        <source>Running %1</source>
        <translation>Kjører %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Screenshot</name>
    <message>
        <source>%1: the model has no such operator or tensor</source>
        <translation>%1: modellen har ingen slik operator eller tensor</translation>
    </message>
    <message>
        <source>%1: cannot be written. Choose a folder that can be written to.</source>
        <translation>%1: kan ikke skrives. Velg en mappe som det kan skrives til.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::StartView</name>
    <message>
        <source>Open a model to see where its time and accuracy go</source>
        <translation>Åpne en modell og se hvor tiden og nøyaktigheten blir av</translation>
    </message>
    <message>
        <source>Everything runs on this computer. No account, no vendor SDK needed; a phone or board can be added later.</source>
        <translation>Alt kjører på denne datamaskinen. Ingen konto og ikke noe leverandør-SDK trengs; en telefon eller et kort kan legges til senere.</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Nylige</translation>
    </message>
    <message>
        <source>Drop a model, project or recording here</source>
        <translation>Slipp en modell, et prosjekt eller et opptak her</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Åpne …</translation>
    </message>
    <message>
        <source>Sample: handwritten digits</source>
        <translation>Eksempel: håndskrevne sifre</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>ikke installert</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>klart</translation>
    </message>
    <message>
        <source>The samples are not beside the program. Install share/nordlys, or set NORDLYS_RESOURCES.</source>
        <translation>Eksemplene ligger ikke ved programmet. Installer share/nordlys, eller sett NORDLYS_RESOURCES.</translation>
    </message>
    <message>
        <source>A small classifier, %1 labelled test images, %2 for calibration. See what 8 bit does to it.</source>
        <translation>En liten klassifikator, %1 merkede testbilder, %2 til kalibrering. Se hva 8 biter gjør med den.</translation>
    </message>
    <message>
        <source>Seven pictures of the sample</source>
        <translation>Sju bilder fra eksempelet</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>Åpne eksempelet</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrer</translation>
    </message>
    <message>
        <source>ranges from your own samples</source>
        <translation>områder fra dine egne eksempler</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Rediger</translation>
    </message>
    <message>
        <source>see the error of every tensor</source>
        <translation>se feilen for hver tensor</translation>
    </message>
    <message>
        <source>Build and run</source>
        <translation>Bygg og kjør</translation>
    </message>
    <message>
        <source>here, with every layer timed</source>
        <translation>her, med tid for hvert lag</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Følg med</translation>
    </message>
    <message>
        <source>layers, clocks and heat on one axis</source>
        <translation>lag, klokker og varme på én akse</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TableDelegate</name>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TensorPane</name>
    <message>
        <source>Select a tensor to see its range, its grid and its error.</source>
        <translation>Velg en tensor for å se området, rutenettet og feilen.</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Koding</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>ingen ennå</translation>
    </message>
    <message>
        <source>Calibrate to get one.</source>
        <translation>Kalibrer for å få en.</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>Encoded</source>
        <translation>Kodet</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>step between two codes</source>
        <translation>steg mellom to koder</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>Nullpunkt</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanaler</translation>
    </message>
    <message>
        <source>axis %1</source>
        <translation>akse %1</translation>
    </message>
    <message>
        <source>smallest and largest</source>
        <translation>minste og største</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>Sett</translation>
    </message>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>share this encoding</source>
        <translation>deler denne kodingen</translation>
    </message>
    <message>
        <source>SQNR, local</source>
        <translation>SQNR, lokal</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Klippet</translation>
    </message>
    <message>
        <source>of %1 values</source>
        <translation>av %1 verdier</translation>
    </message>
    <message>
        <source>SQNR, total</source>
        <translation>SQNR, samlet</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Feil</translation>
    </message>
    <message>
        <source>not stored by the plan</source>
        <translation>lagres ikke av planen</translation>
    </message>
    <message>
        <source>not evaluated yet</source>
        <translation>ikke evaluert ennå</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TimelineView</name>
    <message>
        <source>Follow</source>
        <translation>Følg</translation>
    </message>
    <message>
        <source>Zoom to range</source>
        <translation>Zoom til området</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>Ingen kjøring ennå</translation>
    </message>
    <message>
        <source>Run the model to see its layers, clocks and temperatures on one time axis, while it runs.</source>
        <translation>Kjør modellen for å se lag, klokker og temperaturer på én tidsakse mens den kjører.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjør</translation>
    </message>
    <message>
        <source>Or open a recording (.nrs).</source>
        <translation>Eller åpne et opptak (.nrs).</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Tilpass</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Kjør igjen</translation>
    </message>
    <message>
        <source>range %1  n=%2</source>
        <translation>område %1  n=%2</translation>
    </message>
    <message>
        <source>recording %1</source>
        <translation>tar opp %1</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>building and starting</source>
        <translation>bygger og starter</translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation>%1 mistet</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Område</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Hele kjøringen</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Fra</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Lengde</translation>
    </message>
    <message>
        <source>Inferences</source>
        <translation>Inferenser</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>p95 / p50</source>
        <translation>p95 / p50</translation>
    </message>
    <message>
        <source>Layers sum</source>
        <translation>Sum av lag</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>middel</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TopBar</name>
    <message>
        <source>Nordlys Studio</source>
        <translation>Nordlys Studio</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Meny</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Denne datamaskinen</translation>
    </message>
    <message>
        <source>Device local: nordlys-run on this computer</source>
        <translation>Enhet local: nordlys-run på denne datamaskinen</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Bygg</translation>
    </message>
    <message>
        <source>Run %1: %2. %3</source>
        <translation>Kjøring %1: %2. %3</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjør</translation>
    </message>
    <message>
        <source>End the run; what was measured stays</source>
        <translation>Avslutt kjøringen; det som er målt, beholdes</translation>
    </message>
    <message>
        <source>%1, not saved</source>
        <translation>%1, ikke lagret</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ViewBar</name>
    <message>
        <source>Filter all views: op:Conv share&gt;2%</source>
        <translation>Filtrer alle visninger: op:Conv share&gt;2%</translation>
    </message>
    <message>
        <source>Filter of all views</source>
        <translation>Filter for alle visninger</translation>
    </message>
    <message>
        <source>1 selected</source>
        <translation>1 valgt</translation>
    </message>
    <message>
        <source>run %1, live</source>
        <translation>kjøring %1, direkte</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>range %1</source>
        <translation>område %1</translation>
    </message>
</context>
</TS>
