/**
 * Units by what they measure, with their size in the first unit of the group. A size is an exact expression, because
 * the units are defined by it: an inch is 0.0254 m. Sources: the SI Brochure (9th edition, 2019), NIST SP 811 appendix
 * B, the British Weights and Measures Act 1985 for imperial units, IEC 80000-13 for units of data.
 */
export interface Unit {
  measures: string;
  /** The symbol, which is also how the unit is shown. Letters of both cases differ: mW and MW. */
  symbol: string;
  /** Other names in lower case and in the singular. */
  names: readonly string[];
  size: string;
  /** Where its zero is, in the first unit of the group. */
  zero?: string;
  /** The size has more digits than are written here. */
  isRounded?: true;
}

type Line = readonly [symbol: string, names: string, size: string, more?: Pick<Unit, 'zero' | 'isRounded'>];

const POUND = '0.45359237';
const POUND_FORCE = `(${POUND} * 9.80665)`;
const US_GALLON = '3.785411784';
const UK_GALLON = '4.54609';
const RADIAN = { isRounded: true } as const;

const GROUPS: Record<string, readonly Line[]> = {
  length: [
    ['m', 'meter, metre', '1'],
    ['km', 'kilometer, kilometre', '1000'],
    ['dm', 'decimeter, decimetre', '0.1'],
    ['cm', 'centimeter, centimetre', '0.01'],
    ['mm', 'millimeter, millimetre', '0.001'],
    ['µm', 'um, micrometer, micrometre, micron', '0.000001'],
    ['nm', 'nanometer, nanometre', '0.000000001'],
    ['in', 'inch, inches', '0.0254'],
    ['ft', 'foot, feet', '0.3048'],
    ['yd', 'yard', '0.9144'],
    ['mi', 'mile', '1609.344'],
    ['nmi', 'nautical mile', '1852'],
    ['au', 'astronomical unit', '149597870700'],
    ['ly', 'light year, light-year', '9460730472580800'],
  ],
  mass: [
    ['kg', 'kilogram, kilogramme', '1'],
    ['g', 'gram, gramme', '0.001'],
    ['mg', 'milligram', '0.000001'],
    ['µg', 'ug, microgram', '0.000000001'],
    ['t', 'tonne, metric ton', '1000'],
    ['lb', 'pound, lbs', POUND],
    ['oz', 'ounce', `${POUND} / 16`],
    ['st', 'stone', `${POUND} * 14`],
    ['short_ton', 'us ton, short ton', `${POUND} * 2000`],
    ['long_ton', 'uk ton, imperial ton, long ton', `${POUND} * 2240`],
    ['oz_t', 'troy ounce', '0.0311034768'],
    ['ct', 'carat', '0.0002'],
  ],
  volume: [
    ['l', 'L, liter, litre', '1'],
    ['ml', 'mL, milliliter, millilitre', '0.001'],
    ['cl', 'cL, centiliter, centilitre', '0.01'],
    ['m3', 'm³, cubic meter, cubic metre', '1000'],
    ['cm3', 'cm³, cubic centimeter, cubic centimetre', '0.001'],
    ['in3', 'in³, cubic inch, cubic inches', '0.016387064'],
    ['ft3', 'ft³, cubic foot, cubic feet', '28.316846592'],
    ['us_gal', 'us gallon', US_GALLON],
    ['us_qt', 'us quart', `${US_GALLON} / 4`],
    ['us_pt', 'us pint', `${US_GALLON} / 8`],
    ['us_cup', 'us cup', `${US_GALLON} / 16`],
    ['us_fl_oz', 'us fluid ounce', `${US_GALLON} / 128`],
    ['us_tbsp', 'us tablespoon', `${US_GALLON} / 256`],
    ['us_tsp', 'us teaspoon', `${US_GALLON} / 768`],
    ['uk_gal', 'uk gallon, imperial gallon', UK_GALLON],
    ['uk_pt', 'uk pint, imperial pint', `${UK_GALLON} / 8`],
    ['uk_fl_oz', 'uk fluid ounce, imperial fluid ounce', `${UK_GALLON} / 160`],
    ['bbl', 'barrel of oil', `${US_GALLON} * 42`],
  ],
  area: [
    ['m2', 'm², square meter, square metre', '1'],
    ['km2', 'km², square kilometer, square kilometre', '1000000'],
    ['cm2', 'cm², square centimeter, square centimetre', '0.0001'],
    ['mm2', 'mm², square millimeter, square millimetre', '0.000001'],
    ['ha', 'hectare', '10000'],
    ['acre', '', '4046.8564224'],
    ['in2', 'in², square inch, square inches', '0.00064516'],
    ['ft2', 'ft², square foot, square feet', '0.09290304'],
    ['yd2', 'yd², square yard', '0.83612736'],
    ['mi2', 'mi², square mile', '2589988.110336'],
  ],
  time: [
    ['s', 'sec, second', '1'],
    ['ms', 'millisecond', '0.001'],
    ['µs', 'us, microsecond', '0.000001'],
    ['ns', 'nanosecond', '0.000000001'],
    ['min', 'minute', '60'],
    ['h', 'hr, hour', '3600'],
    ['d', 'day', '86400'],
    ['week', 'wk', '604800'],
    ['julian_year', 'julian year', '31557600'],
  ],
  speed: [
    ['m/s', 'meter per second, metre per second, mps', '1'],
    ['km/h', 'kilometer per hour, kilometre per hour, kph, kmh', '1 / 3.6'],
    ['mph', 'mi/h, mile per hour', '0.44704'],
    ['ft/s', 'foot per second, fps', '0.3048'],
    ['kn', 'knot, kt', '1852 / 3600'],
    ['c', 'speed of light', '299792458'],
  ],
  temperature: [
    ['K', 'kelvin', '1'],
    ['°C', 'C, celsius, degree celsius', '1', { zero: '273.15' }],
    ['°F', 'F, fahrenheit, degree fahrenheit', '5 / 9', { zero: '459.67 * 5 / 9' }],
    ['°R', 'R, rankine', '5 / 9'],
  ],
  pressure: [
    ['Pa', 'pascal', '1'],
    ['hPa', 'hectopascal, mbar, millibar', '100'],
    ['kPa', 'kilopascal', '1000'],
    ['MPa', 'megapascal', '1000000'],
    ['bar', '', '100000'],
    ['atm', 'standard atmosphere', '101325'],
    ['Torr', 'torr', '101325 / 760'],
    ['mmHg', 'millimeter of mercury, millimetre of mercury', '133.322387415'],
    ['psi', 'pound per square inch', `${POUND_FORCE} / 0.00064516`],
  ],
  energy: [
    ['J', 'joule', '1'],
    ['kJ', 'kilojoule', '1000'],
    ['MJ', 'megajoule', '1000000'],
    ['Wh', 'watt hour, watt-hour', '3600'],
    ['kWh', 'kilowatt hour, kilowatt-hour', '3600000'],
    ['MWh', 'megawatt hour, megawatt-hour', '3600000000'],
    ['cal', 'thermochemical calorie', '4.184'],
    ['kcal', 'kilocalorie, food calorie, large calorie', '4184'],
    ['BTU', 'Btu, british thermal unit', '1055.05585262'],
    ['eV', 'electronvolt', '0.0000000000000000001602176634'],
  ],
  power: [
    ['W', 'watt', '1'],
    ['mW', 'milliwatt', '0.001'],
    ['kW', 'kilowatt', '1000'],
    ['MW', 'megawatt', '1000000'],
    ['GW', 'gigawatt', '1000000000'],
    ['hp', 'horsepower, mechanical horsepower', `550 * 0.3048 * ${POUND_FORCE}`],
    ['PS', 'metric horsepower', '75 * 9.80665'],
  ],
  force: [
    ['N', 'newton', '1'],
    ['kN', 'kilonewton', '1000'],
    ['kgf', 'kilogram-force, kilopond', '9.80665'],
    ['lbf', 'pound-force', POUND_FORCE],
  ],
  angle: [
    ['°', 'deg, degree', '1'],
    ['arcmin', 'minute of arc', '1 / 60'],
    ['arcsec', 'second of arc', '1 / 3600'],
    ['gon', 'gradian', '0.9'],
    ['turn', 'revolution', '360'],
    ['rad', 'radian', '180 / 3.14159265358979323846264338327950288', RADIAN],
  ],
  frequency: [
    ['Hz', 'hertz', '1'],
    ['kHz', 'kilohertz', '1000'],
    ['MHz', 'megahertz', '1000000'],
    ['GHz', 'gigahertz', '1000000000'],
    ['rpm', 'revolution per minute', '1 / 60'],
  ],
  data: [
    ['B', 'byte', '8'],
    ['bit', 'b', '1'],
    ['kbit', 'kilobit, kb', '1000'],
    ['Mbit', 'megabit, Mb', '1000000'],
    ['Gbit', 'gigabit, Gb', '1000000000'],
    ['kB', 'kilobyte', '8000'],
    ['MB', 'megabyte', '8000000'],
    ['GB', 'gigabyte', '8000000000'],
    ['TB', 'terabyte', '8000000000000'],
    ['PB', 'petabyte', '8000000000000000'],
    ['KiB', 'kibibyte', '8 * 2 ** 10'],
    ['MiB', 'mebibyte', '8 * 2 ** 20'],
    ['GiB', 'gibibyte', '8 * 2 ** 30'],
    ['TiB', 'tebibyte', '8 * 2 ** 40'],
  ],
};

export const UNITS: readonly Unit[] = Object.entries(GROUPS).flatMap(([measures, lines]) =>
  lines.map(([symbol, names, size, more]) => ({
    measures,
    symbol,
    names: names.split(', ').filter((name) => name !== ''),
    size,
    ...more,
  })),
);

/** Names that mean different units in different places. Nothing is assumed about them. */
export const AMBIGUOUS = new Map<string, string>([
  ['ton', 't (tonne), short_ton (US) or long_ton (UK)'],
  ['gallon', 'us_gal or uk_gal'],
  ['gal', 'us_gal or uk_gal'],
  ['pint', 'us_pt or uk_pt'],
  ['pt', 'us_pt or uk_pt'],
  ['fl oz', 'us_fl_oz or uk_fl_oz'],
  ['fluid ounce', 'us_fl_oz or uk_fl_oz'],
  ['calorie', 'cal, or kcal (on food)'],
  ['month', 'd; months have 28 to 31 days, add_to_date counts them'],
  ['year', 'd or julian_year; add_to_date counts years of the calendar'],
]);
