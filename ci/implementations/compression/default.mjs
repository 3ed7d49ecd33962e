// As its documentation shows it.

import compression from 'compression';
import { start } from './proxy.mjs';

start(compression());
