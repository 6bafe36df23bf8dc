// The places on disk keep what every isolation promises.
import { isolationConformance } from '../../ports/isolationConformance';
import { tempWorld } from './tempPlaces';

isolationConformance('places on disk', tempWorld);
